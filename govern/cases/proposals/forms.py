"""The form of a proposal."""

from __future__ import annotations

from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, Optional
from wtforms.widgets import HiddenInput

from govern.cases import secrecy
from govern.cases.forms import CHOICES, SecretForm
from govern.cases.models import Proposal
from govern.cases.proposals.operations import ProposalFacts
from govern.cases.rules import Refusal
from govern.markup import to_html
from govern.richtext import from_json

RICH = {"data-rich": "", "rows": 6}


LISTED = {choice.value for choice in CHOICES}


class ProposalForm(SecretForm):
    """A proposal."""

    version = IntegerField(widget=HiddenInput(), default=0)
    heading = StringField("Rubrik", [DataRequired(Refusal.NO_HEADING.value)])
    reference = StringField("Diarienummer", [Optional()], description="Till exempel KS 2024/72.")
    clauses = TextAreaField(
        "Förslag till beslut", [Optional()], description="En att-sats på varje rad, utan att.", render_kw={"rows": 3}
    )
    matter = TextAreaField("Ärendebeskrivning", [Optional()], render_kw=RICH)
    basis = TextAreaField("Beslutsunderlag", [Optional()], render_kw=RICH)
    assessment = TextAreaField("Bedömning", [Optional()], render_kw=RICH)
    consequences = TextAreaField("Konsekvensanalys", [Optional()], render_kw=RICH)
    recipients = TextAreaField(
        "Beslutet skickas till", [Optional()], description="En mottagare på varje rad.", render_kw={"rows": 3}
    )

    def facts(self) -> ProposalFacts:
        """Return what was typed."""
        names = ("heading", "reference", "clauses", "matter", "basis", "assessment", "consequences", "recipients")
        return ProposalFacts(**{name: self[name].data or "" for name in names}, confidential=self.secrecy())


def form_of(proposal: Proposal | None) -> ProposalForm:
    """Return the form, filled with the proposal if given."""
    if proposal is None:
        return ProposalForm()
    reason = proposal.confidential or ""
    texts = {
        name: to_html(from_json(getattr(proposal, name))) for name in ("matter", "basis", "assessment", "consequences")
    }
    return ProposalForm(
        version=proposal.version,
        heading=proposal.heading,
        reference=proposal.case.reference if proposal.case else "",
        confidential=reason if reason in LISTED else secrecy.OTHER,
        confidential_words="" if reason in LISTED else reason,
        clauses="\n".join(proposal.clauses),
        recipients="\n".join(proposal.recipients),
        **texts,
    )
