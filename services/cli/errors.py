"""What the command line can refuse, each with what to do about it."""


class CommandError(Exception):
    """The command could not be carried out."""

    def __init__(self, detail: str = "", **values: object) -> None:
        super().__init__(f"{self.__doc__} {detail}".strip())
        self.detail = detail
        # What else its text names.
        self.values = values


class AlreadyRunningError(CommandError):
    """The platform is already running: `yima status` shows it, `yima down` stops it."""


class NotRunningError(CommandError):
    """The platform is not running: start it with `yima up`."""


class PortTakenError(CommandError):
    """The port is taken: stop the program that holds it, or choose another port with --port or YIMA_PORT."""


class StartFailedError(CommandError):
    """The platform ended while it was starting: `yima doctor` and its log say why."""


class ServedApartError(CommandError):
    """A service on its own needs to be told its stores and the people's address: set what is missing."""


class TracingNotInstalledError(CommandError):
    """Traces are asked for, and what sends them is not installed: install requirements/trace.lock.txt."""


class NoSecretsError(CommandError):
    """The platform's keys are not there: run `yima migrate` once, and give every service the same file."""


class BadSettingError(CommandError):
    """A setting cannot be used: correct or remove the environment variable."""


class UnknownSettingError(CommandError):
    """No setting has this name: correct or remove the environment variable."""


class StoresAwayError(CommandError):
    """The stores did not answer in time, or have no tables yet: start them, and run `yima migrate` once."""


class DatabaseAwayError(CommandError):
    """The database does not answer: `yima status` shows what runs; YIMA_DATABASE_URL names another one."""


class AccountMayNotError(CommandError):
    """This account may not do that: use the owner's (`docker compose run --rm ops yima …`, docs/runbooks/README.md)."""


class BadMonthError(CommandError):
    """A month is written YYYY-MM, such as 2026-04."""


class MonthsReversedError(CommandError):
    """The last month lies before the first."""


class ParquetMissingError(CommandError):
    """Parquet is asked for, and what writes it is not installed: install requirements/parquet.lock.txt."""


class WhoAndWhyError(CommandError):
    """Personal data is exported by somebody and for something: --account and --reason, of up to 200 letters."""


class SignInRefusedError(CommandError):
    """Account or password is wrong."""


class SignInWaitError(CommandError):
    """Too many failed sign-ins; wait a quarter of an hour and try again."""


class PasswordsOffError(CommandError):
    """Staff sign in by the identity provider here, and no command can ask it who you are."""


class FirstPasswordError(CommandError):
    """This is the first-use password: choose your own at the desk first."""


class RoleSeesNoContactError(CommandError):
    """This role sees no reporter's contact, of whatever case."""


class BadDayError(CommandError):
    """A day is written YYYY-MM-DD, such as 2026-04-01."""


class WhichTicketsError(CommandError):
    """Say which tickets to try rules on: recorded ones by --since DAY, or another system's table by --over."""


class NoLineReadError(CommandError):
    """None of the file's lines could be imported: `yima import FILE --dry-run` says what is wrong with each."""


class MonthNotBegunError(CommandError):
    """The month has not begun yet."""


class MonthNotOverError(CommandError):
    """The month is not over yet: publish it when it is."""


class MonthPublishedError(CommandError):
    """The month was published before: what was said stays, and the corrections stand beside it."""


class UnwritableFileError(CommandError):
    """Nothing can be written there: name a file in a directory that exists and that you may write to."""


class MonthTooEarlyError(CommandError):
    """There are no figures of that month: ask for one from 2000 on."""


class NoSuchAreaError(CommandError):
    """The directory has no such area: take an id from the district file."""


class RebuildRunsError(CommandError):
    """The figures are being rebuilt already: wait until that has ended."""


class RebuildDiffersError(CommandError):
    """The rebuilt figures differ from the live ones, which stay: look at the differences, then accept them."""


class RebuildUnreadableError(CommandError):
    """A row that was received cannot be read, and the figures stay as they are: mend it, then rebuild again."""


class NothingBeforeError(CommandError):
    """The figures before the last rebuild are not there: none has ended yet."""


class OtherCodeBeforeError(CommandError):
    """Other code filled the figures before the last rebuild: start that code, and go back by it."""


class DistrictUnreadableError(CommandError):
    """The district file cannot be read: check its name and that you may read it."""


class DistrictFaultyError(CommandError):
    """The district file has faults and is not published: mend what is listed above."""


class OpenCasesStrandedError(CommandError):
    """The edition would strand the open cases listed above: publish with --reassign, or keep what they hang on."""


class OtherEditionError(CommandError):
    """Another edition was published meanwhile: compare with `yima district diff`, then publish again."""


class StaffErasedError(CommandError):
    """A person of the file was erased before: give the new person another id."""


class UndialablePhoneError(CommandError):
    """A phone of the file cannot be dialled: `yima district check` lists its line."""


class NoSuchAccountError(CommandError):
    """Nobody has this account: take a person's id from the district file, and publish the file first."""


class NoSuchFileError(CommandError):
    """There is no such file: check its name and folder."""


class NotAFileError(CommandError):
    """That is a directory or a device: name one file."""


class FileForbiddenError(CommandError):
    """The file may not be read: run as a user who may, or allow it with chmod."""


class FileEmptyError(CommandError):
    """The file is empty: check that it is the right one, or export it again."""


class SourceBlankError(CommandError):
    """The system that the tickets come from has no name: without one nothing keeps them from coming in twice."""


class ImportSeparatorIsNoCommaError(CommandError):
    """The file's columns are separated by tabs or semicolons: save it as CSV with commas."""


class ImportUnreadableError(CommandError):
    """The file cannot be read: CSV in UTF-8 or GB18030, XLSX, or JSON Lines is needed."""


class ImportDamagedError(CommandError):
    """The file is UTF-8 with a damaged character: mend the line, or export the file again."""


class ImportColumnsError(CommandError):
    """Two columns of the file have one name: give each its own."""


class MappedColumnsAbsentError(CommandError):
    """The file has no such columns: say in the mapping file which column is which field."""


class MappingSaysNothingError(CommandError):
    """The mapping file is empty: it names the file's column for each field."""


class MappingFaultyError(CommandError):
    """The mapping file cannot be used: it says which column is which field."""


class SourceNotAllowedError(CommandError):
    """The source cannot be used: it is a short name of lower-case letters, digits, '-', '_' and '.'."""


class ImportClashError(CommandError):
    """What is imported clashes with what is stored: check that a restored database is whole."""


class ImportUtf16Error(CommandError):
    """The file looks like UTF-16: save it as UTF-8."""


class ImportQuotationOpenError(CommandError):
    """A quotation is never closed, so that the lines after it cannot be read: mend it."""


class NoSuchTicketError(CommandError):
    """There is no ticket of this number: nine digits, as the reporter's message and the desk show them."""


class BucketNotNamedError(CommandError):
    """No bucket is named: set YIMA_PHOTOS_URL and its account, start the services with them, then move the photos."""


class PhotosMovingError(CommandError):
    """Somebody moves the photos already: wait until that has ended."""


class PhotosAwayError(CommandError):
    """The bucket does not take them now; what is left stays in its folder: mend it, and run the command again."""


class PhotosStillThereError(CommandError):
    """Who reported is forgotten, but photos could not be removed, since their store is away: run it again later."""


class TicketNumberMistypedError(CommandError):
    """That is no ticket number: it has nine digits, the last of which is reckoned from the others."""


class NoSuchPartnerError(CommandError):
    """There is no such partner, or its key was revoked before: `yima partner list` shows them."""


class DemoNeedsPilotError(CommandError):
    """The demo acts for made-up people: it is played on the pilot district only."""


class DemoNeedsSandboxError(CommandError):
    """The demo sends messages: it is played where a sandbox takes them."""


class DemoStalledError(CommandError):
    """What should have followed did not come: `yima doctor` and the platform's log say why."""


class BrokerAwayError(CommandError):
    """Kafka does not answer: `yima status` shows what runs; YIMA_KAFKA_BOOTSTRAP names another one."""


class NoSuchStreamHereError(CommandError):
    """No service has a stream of that name: `yima parked list` shows names as they are written."""


class StreamOrConsumerError(CommandError):
    """A stream goes to whoever lacks it, and a new consumer is sent everything: only one of both at a time."""


class ParkedNowhereError(CommandError):
    """Nothing of this stream is parked: `yima parked list` shows what is."""


class ParkedInSeveralError(CommandError):
    """The stream is parked in several services: name one with --service."""


class NotTriedError(CommandError):
    """The service has not tried it yet: `yima status` shows whether it runs, `yima parked list` what came of it."""
