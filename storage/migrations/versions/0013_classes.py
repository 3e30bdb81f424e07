"""A process renders several classes of work: a row for each of them, where there was one for the process."""

import sqlalchemy as sa
from alembic import op

revision = "0013_classes"
down_revision = "0012_memos"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand. A process of the version before goes on with its one row."""
    _key_by("id", "worker_class")


def downgrade() -> None:
    """Undo. Whoever lives writes its row anew with its next beat, and two of one process would be in the way."""
    op.execute(sa.table("executors").delete())
    _key_by("id")


def _key_by(*columns: str) -> None:
    with op.batch_alter_table("executors") as batch_op:
        batch_op.drop_constraint(op.f("pk_executors"), type_="primary")
        batch_op.create_primary_key(op.f("pk_executors"), list(columns))
