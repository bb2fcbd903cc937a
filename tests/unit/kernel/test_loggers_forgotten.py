"""What a test set up for good is forgotten before the next, also by loggers that it wrote to."""

from structlog.testing import capture_logs

from shared.kernel import logging, problems


def test_a_process_that_serves_sets_its_loggers_up_for_good() -> None:
    logging.configure()
    logging.remember_loggers()

    problems.log_unavailable(OSError())

    assert "bind" in vars(problems.log)


def test_what_is_logged_in_the_test_after_it_is_read_there() -> None:
    with capture_logs() as lines:
        problems.log_unavailable(OSError())

    assert [line["event"] for line in lines] == ["unavailable"]
