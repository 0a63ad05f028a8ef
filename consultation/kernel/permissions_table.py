"""The table of permissions in the documentation, made from the code: ``python -m consultation.kernel.permissions_table
> docs/permissions.md``. A test compares the file with what this prints."""

import sys

from consultation.kernel.permissions import GRANTS, Permission, Reason
from consultation.kernel.roles import MandateKind, Role


def table() -> str:
    """The page, in Markdown."""
    roles = list(Role)
    lines = [
        "# Who may do what",
        "",
        "This page is made from the code; change `consultation/kernel/permissions.py`, then run",
        "`python -m consultation.kernel.permissions_table > docs/permissions.md`.",
        "",
        "A role grants a permission at all. What a policy asks besides (a mandate, a phase, a state, that it is not",
        "one's own matter) is in each room's `policy.py`. The operator at the command line may do everything but",
        "is logged as the operator.",
        "",
        "| permission | " + " | ".join(role.value for role in roles) + " |",
        "|---" * (len(roles) + 1) + "|",
    ]
    for permission in Permission:
        cells = " | ".join("yes" if role in GRANTS[permission] else "" for role in roles)
        lines.append(f"| `{permission.value}` | {cells} |")
    lines += [
        "",
        "Kinds of mandate, by which a person speaks for an organization: " + _listed(MandateKind) + ".",
        "",
        "Reasons that a refusal may have: " + _listed(Reason) + ".",
        "",
    ]
    return "\n".join(lines)


def _listed(members: type[MandateKind] | type[Reason]) -> str:
    return ", ".join(f"`{member.value}`" for member in members)


if __name__ == "__main__":
    sys.stdout.write(table())
