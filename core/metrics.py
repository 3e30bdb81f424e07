"""What happens, counted for Prometheus; every label comes from a closed set."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.5, 1, 2, 5, 10, 20, 60, 180, 600, 1800)


class Metrics:
    """The product's metrics in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.submitted = Counter("piying_jobs_submitted", "Jobs taken in.", ["recipe"], registry=self.registry)
        self.refused = Counter(
            "piying_requests_refused", "Requests not taken, by code.", ["code"], registry=self.registry
        )
        self.translated = Counter(
            "piying_translations", "What became of translations, by translator.", ["translator", "outcome"],
            registry=self.registry,
        )  # fmt: skip
        self.settled = Counter("piying_jobs_settled", "Jobs ended.", ["state", "code"], registry=self.registry)
        self.credits_charged = Counter("piying_credits_charged", "Credits charged.", registry=self.registry)
        self.intake_seconds = Histogram(
            "piying_intake_seconds", "From request to stored job.", registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
        )  # fmt: skip
        self.render_seconds = Histogram(
            "piying_render_seconds", "From start to stored clip.", ["model"], buckets=_SECONDS, registry=self.registry
        )
        self.delivery_seconds = Histogram(
            "piying_delivery_seconds", "From stored clip to delivered.", ["platform"], buckets=_SECONDS,
            registry=self.registry,
        )  # fmt: skip
        self.total_seconds = Histogram(
            "piying_job_seconds", "From request to delivered.", buckets=_SECONDS, registry=self.registry
        )
        self.vendor_alerts = Counter(
            "piying_vendor_alerts", "What the operator must mend at a vendor.", ["vendor", "kind"],
            registry=self.registry,
        )  # fmt: skip
        self.budget_refused = Counter(
            "piying_budget_refused", "Clips not asked of a vendor, for the day's budget is spent.", ["vendor"],
            registry=self.registry,
        )  # fmt: skip
        self.spent_today = Gauge(
            "piying_costs_today_usd", "US dollars that vendors may take for today's requests.", registry=self.registry
        )
        self.reports_open = Gauge(
            "piying_reports_open", "Reports of clips that wait for a decision.", registry=self.registry
        )
        self.reports_overdue = Gauge(
            "piying_reports_overdue", "Those of them that have waited for longer than 48 hours.", registry=self.registry
        )
        self.rendering = Gauge("piying_rendering", "Renders in hand here.", registry=self.registry)
        self.unfinished = Gauge(
            "piying_jobs_unfinished", "Jobs queued or running.", ["platform"], registry=self.registry
        )
