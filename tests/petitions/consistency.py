"""What must hold between the rows of any petitions, whichever way they were written."""

from django.db import connection

OPEN_CLOCKS = (
    "FROM petitions_petitionclock c WHERE c.petition_id = p.id AND c.closed_at IS NULL"
    " AND c.kind IN ('sign_in', 'contact', 'resolve')"
)

WRONG = {
    "a deadline that is not the nearest of the open clocks": "SELECT count(*) FROM petitions_petition p"
    f" WHERE due_at IS DISTINCT FROM (SELECT min(c.due_at) {OPEN_CLOCKS})",
    "a rung that no open clock has reached": "SELECT count(*) FROM petitions_petition p"
    f" WHERE escalated_to <> coalesce((SELECT max(c.reached) {OPEN_CLOCKS}), 0)",
    "clocks that run on a petition that is done, or none on one that is not": "SELECT count(*) FROM"
    " petitions_petition p WHERE (state IN ('registered', 'dispatched', 'accepted'))"
    f" <> EXISTS (SELECT {OPEN_CLOCKS})",
    "a state that is not the last event's": "SELECT count(*) FROM petitions_petition p WHERE state <>"
    " (SELECT new_state FROM petitions_petitionevent e WHERE e.petition_id = p.id ORDER BY id DESC LIMIT 1)",
    "an event that does not begin where the one before it ended": "SELECT count(*) FROM (SELECT old_state, at,"
    " lag(new_state, 1, '') OVER w AS before, lag(at) OVER w AS earlier FROM petitions_petitionevent"
    " WINDOW w AS (PARTITION BY petition_id ORDER BY id)) e WHERE old_state <> before OR at < earlier",
    "steps of the ladder without their events": "SELECT count(*) FROM petitions_petition p WHERE (SELECT sum(step)"
    " FROM petitions_petitionclock WHERE petition_id = p.id) <> (SELECT count(*) FROM petitions_petitionevent"
    " WHERE petition_id = p.id AND verb IN ('warn', 'urge', 'escalate'))",
    "units that owe an answer on a petition that is done": "SELECT count(*) FROM petitions_part t JOIN"
    " petitions_petition p ON p.id = t.petition_id WHERE t.answered_at IS NULL AND t.released_at IS NULL"
    " AND p.state IN ('resolved', 'closed', 'refused')",
    "a suspension without its end, or an end without suspension": "SELECT count(*) FROM petitions_petition p WHERE"
    " (state = 'suspended') <> EXISTS (SELECT FROM petitions_petitionclock WHERE petition_id = p.id"
    " AND kind = 'suspension' AND closed_at IS NULL)",
    "clocks that ended without an outcome": "SELECT count(*) FROM petitions_petitionclock"
    " WHERE (closed_at IS NULL) <> (outcome = '')",
    "clocks met in time that count as breached, or the other way round": "SELECT count(*) FROM"
    " petitions_petitionclock WHERE outcome = 'met' AND (breached_at IS NOT NULL) <> (closed_at > due_at)",
}


def inconsistencies() -> dict[str, int]:
    """How many rows break each rule; empty when all is well."""
    found = {}
    with connection.cursor() as cursor:
        for rule, sql in WRONG.items():
            cursor.execute(sql)
            if count := cursor.fetchone()[0]:
                found[rule] = count
    return found
