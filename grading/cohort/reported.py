"""What of a class was reported before: it does not get lost because a download was left out or moved."""

from grading.cohort.graded import Graded
from grading.cohort.results_folder import ResultsFolder
from grading.cohort.submissions import Found


def no_longer_there(found: Found, folder: ResultsFolder) -> list[Graded]:
    """The results of hand-ins that are not found any more, by student and lesson.

    A hand-in that is new under this name, with the content or the id of a missing one, is that one renamed.
    """
    places = {f"{one.slug}/{one.lesson}" for one in found.submissions}
    kept = folder.all()
    missing = [graded for graded in kept if graded.place not in places]
    old = {graded.place for graded in kept}
    new = [one for one in found.submissions if f"{one.slug}/{one.lesson}" not in old]
    gone = []
    for graded in missing:
        renamed = (
            one
            for one in new
            if one.lesson == graded.lesson and (one.sha256 == graded.sha256 or (one.sid and one.sid == graded.sid))
        )
        if one := next(renamed, None):
            new.remove(one)
        else:
            gone.append(graded)
    return gone
