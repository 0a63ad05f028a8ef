"""The names of phases and public steps in the reader's language, for every page that shows them."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_gettext

from consultation.convening.states import PhaseName, PublicStep

PHASES: Mapping[PhaseName, LazyString] = {
    PhaseName.PROPOSE: lazy_gettext("Propose"),
    PhaseName.DISCUSS: lazy_gettext("Discuss"),
    PhaseName.CURATE: lazy_gettext("Group into items"),
    PhaseName.RANK: lazy_gettext("Set priorities"),
    PhaseName.DRAFT: lazy_gettext("Draft the agenda"),
    PhaseName.GATHERING: lazy_gettext("Gather"),
    PhaseName.PROGRESS: lazy_gettext("Follow progress"),
}

PUBLIC_STEPS: Mapping[PublicStep, LazyString] = {
    PublicStep.BRING: lazy_gettext("Bring"),
    PublicStep.DISCUSS: lazy_gettext("Discuss"),
    PublicStep.PRIORITIZE: lazy_gettext("Prioritize"),
    PublicStep.FOLLOW: lazy_gettext("Follow"),
}
