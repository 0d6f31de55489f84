package workflows

import "sluss"

// Extractable tells whether the agency's extract of our notes may show the outcome of
// a filing whose answer was lost.
func Extractable(o sluss.Obligation) bool { return o.Registry == sluss.Avfallsregistret }

// lostAnswerText is what a person can do about a filing whose answer was lost, if its
// registry cannot be asked what it has.
func lostAnswerText(c sluss.Content) string {
	registry := c.Obligation.Registry
	switch {
	case registry != sluss.Avfallsregistret:
		return registry + " may or may not have taken it and cannot be asked: find out (its own extract, its support), then decide taken or not-taken"
	case c.Amends != nil && c.Amends.Annul != "":
		return "the answer was lost: avfallsregistret may or may not have annulled the note, and nothing that it sends tells. Look the note up in its web service, " +
			"then decide taken under the same id, or not-taken; annulling it once more is refused and does no harm"
	case c.Amends != nil:
		return "the answer was lost: avfallsregistret may or may not have taken the correction, and cannot be asked in production. Look the note up in its web service, " +
			"or order the agency's extract of your notes and give it to `starter extract`; or decide not-taken: once corrected, the old note is refused and nothing is there twice"
	}
	return "the answer was lost: avfallsregistret may or may not have taken the note, and cannot be asked in production. " +
		"Look the note up in its web service and decide taken, or order the agency's extract of your notes and give it to `starter extract`. " +
		"If neither comes before it is due, decide not-taken: it is sent again, and if there are then two, annul one as sent twice (SkickatDubbelt)"
}
