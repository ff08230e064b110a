"""Which form does which task, and which of them are about one person."""

from residents.forms import care, dwelling, people
from residents.forms.base import FileForm
from residents.rights import Task

FORMS: dict[Task, type[FileForm]] = {
    Task.FACTS: dwelling.FactsForm,
    Task.SPLIT: dwelling.SplitForm,
    Task.MERGE: dwelling.MergeForm,
    Task.ADD: people.PersonForm,
    Task.PERSON: people.EditForm,
    Task.MOVE: people.MoveForm,
    Task.MARRIAGE: people.MarriageForm,
    Task.BIRTH: people.BirthForm,
    Task.DEATH: people.DeathForm,
    Task.TAG: care.TagForm,
    Task.END_TAG: care.EndTagForm,
    Task.CONTACT: care.ContactForm,
    Task.DROP_CONTACT: care.DropContactForm,
    Task.CONSENT: care.ConsentForm,
    Task.WITHDRAW: care.WithdrawForm,
    Task.DOCUMENT: care.DocumentForm,
    Task.DROP_DOCUMENT: care.DropDocumentForm,
}
ABOUT_ONE = frozenset({Task.PERSON, Task.MARRIAGE, Task.DEATH, Task.CONTACT, Task.CONSENT, Task.DOCUMENT})
ABOUT_A_LINE = frozenset({Task.END_TAG, Task.DROP_CONTACT, Task.WITHDRAW, Task.DROP_DOCUMENT})
