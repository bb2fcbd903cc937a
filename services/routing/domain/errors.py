"""What routing refuses, in words for the one who asked; each knows its HTTP status."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of an act, and what to do about it."""

    field: str
    reason: str
    remedy: str


class RoutingError(Exception):
    """Routing refuses this."""

    status: ClassVar[int] = 409

    @property
    def faults(self) -> Sequence[Fault]:
        """The fields that are to blame, if any is."""
        return ()

    def __str__(self) -> str:
        """The docstring is the message; an argument, never personal, is added to it."""
        return " ".join([type(self).__doc__ or "", *map(str, self.args)])


class UnitNamedError(Exception):
    """A unit was named that this act can not be about now; `field` is where it was named."""

    reason: ClassVar[str]
    remedy: ClassVar[str]

    def __init__(self, unit: str, field: str = "unit") -> None:
        super().__init__(unit)
        self.field = field

    @property
    def faults(self) -> Sequence[Fault]:
        """The unit, which the directory knows, by its id."""
        return (Fault(self.field, f"{self.args[0]} {self.reason}", self.remedy),)


class CaseUnknownError(RoutingError):
    """There is no such case."""

    status = 404


class AlreadyOpenedError(RoutingError):
    """The case has been opened before."""


class NotAssignedError(RoutingError):
    """The case has no unit yet, so none can act on it."""


class WrongUnitError(RoutingError):
    """Another unit has the case; only that unit may do this."""

    status = 403


class AlreadyAcceptedError(RoutingError):
    """The case has been accepted before."""


class NotAcceptedError(RoutingError):
    """The case must be accepted first."""


class AlreadyReturnedError(RoutingError):
    """The unit gave the case back before, and has it again: it is given back once only."""


class AlreadyResolvedError(RoutingError):
    """The case is resolved and waits for verification or closing."""


class NotResolvedError(RoutingError):
    """The case is not resolved, so there is nothing to verify or dispute yet."""


class DoerCannotVerifyError(RoutingError):
    """Who resolved the case cannot verify it; somebody else must."""


class NotVerifierError(RoutingError):
    """Another unit verifies this case by its rule: that one does, or the grid, and never the one that did the work."""

    status = 403


class ObservedError(RoutingError):
    """What was changed is still being observed; it can be passed when that time is over, and failed before."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until

    @property
    def faults(self) -> Sequence[Fault]:
        """Until when."""
        return (Fault("observed_until", f"is {self.until.isoformat()}", "Look again then; fail it now if it is bad."),)


class EvidenceMissingError(RoutingError):
    """The rule of this case asks for more evidence than came with it."""

    status = 422

    def __init__(self, fields: Sequence[str] = (), *, photos_min: int = 0) -> None:
        super().__init__()
        self.fields, self.photos_min = tuple(fields), photos_min

    @property
    def faults(self) -> Sequence[Fault]:
        """Each field in which something is missing."""
        asked = {
            "note": Fault("note", "is missing", "Say in a sentence what was done on site."),
            "photos": Fault("photos", f"are fewer than {self.photos_min}", "Take them on site and send them along."),
        }
        return [asked[field] for field in self.fields]


class TookPartError(RoutingError):
    """A unit that was called, or follows up, does not verify or close the case; its own unit does, or the grid."""

    status = 403


class AlreadyVerifiedError(RoutingError):
    """The fix has been verified before."""


class NotVerifiedError(RoutingError):
    """The fix must be verified before the case can be closed."""


class AlreadyClosedError(RoutingError):
    """The case is closed."""


class NotCoordinatingError(RoutingError):
    """Units are called by the one that has accepted the case, or by the grid; refusals are settled by the grid."""

    status = 403


class NotCalledError(RoutingError):
    """The unit was not called to this case, or is done with its part."""

    status = 403


class AlreadyCalledError(UnitNamedError, RoutingError):
    """The unit has a task in this case that is not done yet."""

    reason = "has a task in this case that is not done yet"
    remedy = "Leave it out, or wait until its task is done or taken over; to give it the case, use `entrust`."


class AlreadyReportedInError(RoutingError):
    """The unit has reported in before."""


class NotReportedInError(RoutingError):
    """The unit must report in before its task can be done."""


class NobodyCalledError(RoutingError):
    """No other unit was called to this case, so there is nobody to confer with."""


class TakesNoPartError(UnitNamedError, RoutingError):
    """The unit takes no part in this case, so it was not at a conference about it."""

    reason = "takes no part in this case"
    remedy = "Name the unit that has the case, or units that were called to it."


class NotThereYetError(UnitNamedError, RoutingError):
    """The unit has not reported in, so it can not be given the case."""

    reason = "has not reported in"
    remedy = "Wait until it has, or transfer the case to a unit that was not called."


class NotDeclinedError(RoutingError):
    """The unit has not declined its task, so there is nothing to settle."""


class JointTasksOpenError(RoutingError):
    """Called units have tasks that are neither done, released nor taken over."""


class SameUnitError(UnitNamedError, RoutingError):
    """The case is with this unit already."""

    reason = "has the case already"
    remedy = "Name another unit."


class SameCategoryError(RoutingError):
    """The case counts as of this category already."""

    @property
    def faults(self) -> Sequence[Fault]:
        """The field that names it."""
        return [Fault("category", "is what the case counts as already", "Name another category.")]


class CategoryUnknownError(RoutingError):
    """The district has no such category; choose one of those that are offered."""

    status = 422

    @property
    def faults(self) -> Sequence[Fault]:
        """The field that names none; what was written there is not repeated."""
        remedy = "Take the id of one of the `categories` that the case offers."
        return [Fault("category", "is no category of the district", remedy)]


class NoDeadlineError(RoutingError):
    """The case has no resolve deadline that runs, so there is none to extend."""


class AlreadyLateError(RoutingError):
    """The deadline has passed; more time is asked for before that."""


class ExtensionAskedError(RoutingError):
    """More time has been asked for, and the grid has not answered yet."""


class ExtensionNotAskedError(RoutingError):
    """Nobody waits for an answer about more time."""


class ExtensionNotYoursError(RoutingError):
    """The grid answers whether a case gets more time, and not who asked for it."""

    status = 403


class SuspendedError(RoutingError):
    """The case is suspended; end the suspension first."""


class NotSuspendedError(RoutingError):
    """The case is not suspended, so that nothing is to be ended."""


class SuspensionAskedError(RoutingError):
    """A suspension has been asked for, and the grid has not answered yet."""


class SuspensionNotAskedError(RoutingError):
    """Nobody waits for an answer about a suspension."""


class SuspensionNotYoursError(RoutingError):
    """The grid answers whether a case is suspended, and not who asked; the unit that has it, or the grid, ends it."""

    status = 403


class FollowUpUnknownError(RoutingError):
    """The case has no such follow-up."""

    status = 404

    @property
    def faults(self) -> Sequence[Fault]:
        """The field; what was written there is not repeated."""
        return (Fault("follow_up", "is no follow-up of this case", "Take the id of one of the case's `follow_ups`."),)


class FollowUpNotOpenError(RoutingError):
    """This time of the follow-up is done, missed or cancelled."""


class FollowUpNotYoursError(RoutingError):
    """Follow-ups are planned and cancelled by the unit that has the case, one above it, or the grid."""

    status = 403


class NotFollowingError(RoutingError):
    """Another unit does this follow-up; only that unit says that it is done."""

    status = 403


class NotOverError(RoutingError):
    """The case is not closed, so that its trouble is not back but still there: what was found belongs to it."""


class PassedMeanwhileError(RoutingError):
    """What was asked for has passed, or the deadline is later by now; refuse it, so that more can be asked for."""


class NotLaterError(RoutingError):
    """An extension or a suspension ends later than what it moves."""

    status = 422


class MergedError(RoutingError):
    """The case was merged into another and follows it; what is to be done is done there."""


class WithdrawnError(RoutingError):
    """The reporter withdrew it, and nobody else told of the same: nothing is to be done with it any more."""


class ReporterForgottenError(RoutingError):
    """The reporter was forgotten at their request: nothing is opened in their name any more."""


class MasterItselfError(RoutingError):
    """Others were merged into this case, so it can not be merged into one itself."""


class MergeTargetError(RoutingError):
    """A case is merged into another of its district that is being worked on, that you see, and that follows none."""

    status = 422

    @property
    def faults(self) -> Sequence[Fault]:
        """The number that was given; it is not repeated."""
        return [Fault("into", "is no case that this one can be merged into", "Give the number of another open case.")]


class NoRuleMatchesError(RoutingError):
    """No rule of the district matches, not even the last; publish a district file whose last rule catches all."""

    status = 422


class PlaceUnknownError(RoutingError):
    """The directory knows no such place."""

    status = 404


class ReadsOnlyError(RoutingError):
    """This role reads and does not act."""

    status = 403


class NotForThisRoleError(RoutingError):
    """Acts of this kind are never this role's, whatever its unit is to the case."""

    status = 403


class ContactNotYoursError(RoutingError):
    """The contact is for the units that handle the case, and for the grid that coordinates them."""

    status = 403


class NoContactError(RoutingError):
    """The reporter left neither name nor phone."""

    status = 404


class UnitUnknownError(RoutingError):
    """This place has no such unit to give the case to or to call; choose one of those that are offered."""

    status = 422

    def __init__(self, *fields: str) -> None:
        super().__init__()
        self.fields = fields

    @property
    def faults(self) -> Sequence[Fault]:
        """Each field that names no such unit; what was written there is not repeated."""
        remedy = "Take the id of one of the `units` that the case offers."
        return [Fault(field, "is no unit that this case can go to", remedy) for field in self.fields]


class ChangedMeanwhileError(RoutingError):
    """Somebody else acted on the case since it was shown; look again, then decide."""


class NobodyLeftError(RoutingError):
    """Reporter and writer were both erased, so there is no key left under which words could be kept."""
