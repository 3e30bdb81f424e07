"""The tables, as SQLAlchemy Core. Times are seconds since the epoch; ids are text."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("balance", sa.BigInteger, nullable=False),
    sa.Column("held", sa.BigInteger, nullable=False),
    sa.Column("blocked", sa.Boolean, nullable=False),
    sa.Column("timezone", sa.String(64), nullable=False),
    sa.Column("timezone_set_at", sa.Double),
    sa.Column("tier", sa.String(32), nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("limits", sa.JSON(none_as_null=True)),
    sa.CheckConstraint("balance >= 0", name="balance"),
    sa.CheckConstraint("held >= 0", name="held"),
)

identities = sa.Table(
    "identities",
    metadata,
    sa.Column("platform", sa.String(32), primary_key=True),
    sa.Column("user", sa.String(128), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, index=True),
)

ledger_entries = sa.Table(
    "ledger_entries",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("job_id", sa.String(32)),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("balance", sa.BigInteger, nullable=False),
    sa.Column("held", sa.BigInteger, nullable=False),
    sa.Column("note", sa.String(200), nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.UniqueConstraint("job_id", "kind"),
)

holds = sa.Table(
    "holds",
    metadata,
    sa.Column("job_id", sa.String(32), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("credits", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
)

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("code", sa.String(16), nullable=False, unique=True),
    sa.Column("key", sa.String(300), nullable=False, unique=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("platform", sa.String(32), nullable=False),
    sa.Column("chat", sa.String(128), nullable=False),
    sa.Column("user", sa.String(128), nullable=False),
    sa.Column("locale", sa.String(16), nullable=False),
    sa.Column("prompt", sa.Text, nullable=False),
    sa.Column("spec", sa.JSON, nullable=False),
    sa.Column("seconds", sa.Double, nullable=False),
    sa.Column("worker_class", sa.String(32), nullable=False),
    sa.Column("tier", sa.String(32), nullable=False),
    sa.Column("price", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("seeded", sa.Boolean, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("notes", sa.JSON, nullable=False),
    sa.Column("clip", sa.JSON(none_as_null=True)),
    sa.Column("wording", sa.JSON(none_as_null=True)),
    sa.Column("place", sa.JSON(none_as_null=True)),
    sa.Column("error", sa.String(64)),
    sa.Column("resume_token", sa.Text),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("started_at", sa.Double),
    sa.Column("finished_at", sa.Double),
    sa.Column("deleted_at", sa.Double),
    sa.Column("server", sa.String(128)),
    sa.Index("ix_jobs_chat", "platform", "chat", "created_at"),
    sa.Index("ix_jobs_server", "platform", "server", "created_at"),
    sa.Index("ix_jobs_account", "account_id", "created_at"),
    # The few that are unfinished must be found without reading the many that are not, and SQLite's planner, which has
    # no statistics, takes the index that matches most columns.
    sa.Index("ix_jobs_account_state", "account_id", "state"),
    sa.Index("ix_jobs_platform_state", "platform", "state"),
    sa.Index("ix_jobs_class_state", "worker_class", "state", "finished_at"),
    sa.Index("ix_jobs_finished", "finished_at"),
    sa.Index("ix_jobs_deleted", "deleted_at"),
)

job_progress = sa.Table(
    "job_progress",
    metadata,
    sa.Column("job_id", sa.String(32), primary_key=True),
    sa.Column("stage", sa.String(32), nullable=False),
    sa.Column("fraction", sa.Double, nullable=False),
    sa.Column("seconds_left", sa.Double),
    sa.Column("preview", sa.Text),
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("revoked_at", sa.Double),
)

translations = sa.Table(
    "translations",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("translator", sa.String(32), primary_key=True),
    sa.Column("version", sa.String(64), primary_key=True),
    sa.Column("target", sa.String(8), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False, index=True),
)

link_offers = sa.Table(
    "link_offers",
    metadata,
    sa.Column("code_hash", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("expires_at", sa.Double, nullable=False),
)

reports = sa.Table(
    "reports",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("job_id", sa.String(32), nullable=False, index=True),
    sa.Column("code", sa.String(16), nullable=False),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), index=True),
    sa.Column("platform", sa.String(32), nullable=False),
    sa.Column("chat", sa.String(128), nullable=False),
    sa.Column("user", sa.String(128), nullable=False),
    sa.Column("reason", sa.String(32), nullable=False),
    sa.Column("text", sa.String(1000), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("due_at", sa.Double, nullable=False),
    sa.Column("decided_at", sa.Double),
    sa.Column("outcome", sa.String(1000), nullable=False),
    sa.Column("by", sa.String(100)),
    sa.Column("locale", sa.String(16)),
    sa.Index("ix_reports_state", "state", "due_at"),
)

salts = sa.Table(
    "salts",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.String(64), nullable=False),
)

# Of whoever asked to be forgotten: a salted digest of the platform's user, and the day since the epoch. It names no
# account, so that no row can be found by it.
forgotten = sa.Table(
    "forgotten",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("day", sa.Integer, nullable=False),
)

# A row for each class of work that a process renders; one without a class where it renders none.
executors = sa.Table(
    "executors",
    metadata,
    sa.Column("id", sa.String(128), primary_key=True),
    sa.Column("beats", sa.BigInteger, nullable=False),
    sa.Column("worker_class", sa.String(32), primary_key=True),
    sa.Column("lanes", sa.Integer, nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("at", sa.Double, nullable=False, index=True),
    sa.Column("account_id", sa.String(32), index=True),
    sa.Column("subject", sa.String(16), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("line", sa.JSON, nullable=False),
)

rulings = sa.Table(
    "rulings",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("action", sa.String(16), nullable=False),
    sa.Column("category", sa.String(32)),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
)

appeals = sa.Table(
    "appeals",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("account_id", sa.String(32), nullable=False),
    sa.Column("platform", sa.String(32), nullable=False),
    sa.Column("chat", sa.String(128), nullable=False),
    sa.Column("user", sa.String(128), nullable=False),
    sa.Column("text", sa.Text),
    sa.Column("category", sa.String(32)),
    sa.Column("fragment", sa.Text),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("decided_at", sa.Double),
    sa.Column("by", sa.String(100)),
    sa.Column("why", sa.String(1000)),
    sa.Column("locale", sa.String(16)),
    sa.UniqueConstraint("account_id", "digest"),
    sa.Index("ix_appeals_state", "state", "created_at"),
)

# What can be appealed about. It is known by a digest of its code, and sealed with a key made of it: who has the code
# can have it opened, and who reads the database alone cannot.
refusals = sa.Table(
    "refusals",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.String(32), nullable=False, index=True),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False, index=True),
)

strikes = sa.Table(
    "strikes",
    metadata,
    sa.Column("account_id", sa.String(32), primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("category", sa.String(32), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
)

# Strikes of whoever asked to be forgotten, by a salted digest of the platform's user, so that they are there again when
# that user is. ``digest`` leads to no text, and ``day`` is since the epoch.
forgotten_strikes = sa.Table(
    "forgotten_strikes",
    metadata,
    sa.Column("user_digest", sa.String(64), primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("category", sa.String(32), nullable=False),
    sa.Column("day", sa.Integer, nullable=False),
)

agreements = sa.Table(
    "agreements",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("account_id", sa.String(32), nullable=False, index=True),
    sa.Column("job_id", sa.String(32), nullable=False),
    sa.Column("code", sa.String(16), nullable=False),
    sa.Column("matter", sa.String(32), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("terms", sa.String(16), nullable=False),
    sa.Column("agreed_at", sa.Double, nullable=False, index=True),
)

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("account_id", sa.String(32), nullable=False, index=True),
    sa.Column("platform", sa.String(32), nullable=False),
    sa.Column("chat", sa.String(128), nullable=False),
    sa.Column("user", sa.String(128), nullable=False),
    sa.Column("locale", sa.String(16), nullable=False),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False, index=True),
    sa.Column("due_at", sa.Double, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("told_at", sa.Double),
    # Few are untold, and they are asked for several times a minute.
    sa.Index("ix_notices_untold", "told_at", "platform", "due_at"),
)
