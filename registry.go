package sluss

// Names of the registries, as in ids, task queues and configuration.
const (
	Avfallsregistret = "avfallsregistret"
	Trackdechets     = "trackdechets"
	Autosys          = "autosys"
)

// Registry is what differs between registries and is needed outside of their clients.
// The zero value is a registry that we do not know: nothing can be done there.
type Registry struct {
	Name    string // as in ids, task queues and configuration
	Title   string // as people write it
	Country string // whose registry it is: ISO 3166-1 alpha-2
	// Correction and Annulment are the ids of the rules by which an accepted report is
	// amended. Empty: the registry is only asked, and nothing is filed there.
	Correction, Annulment string
	// Document is the name of the one document of which all reports of a batch are
	// steps. It is changed by a revision and annulled as a whole; then its other
	// filings are withdrawn. Empty: there is none.
	Document string
	// Watched is what is checked there for drift.
	Watched Watched
	// LostAnswer is what a person can do if the answer to a filing was lost, and its
	// registry cannot be asked. Zero: nothing particular to this registry.
	LostAnswer LostAnswer
	// Extract: the agency gives out an extract of our reports, in which a person may
	// find what became of a filing whose answer was lost.
	Extract bool
}

// Watched is what is watched for drift at a registry.
type Watched string

// What is watched; empty: nothing.
const (
	WatchedLists  Watched = "reference data" // every difference from ours is told
	WatchedSchema Watched = "schema"         // a difference is told if it breaks what we send
)

// LostAnswer is a text for each kind of filing whose answer may be lost.
type LostAnswer struct{ Report, Correction, Annulment string }

// registries is one row for each registry. Their order is that of lists and ports.
var registries = []Registry{
	{
		Name: Avfallsregistret, Title: "Avfallsregistret", Country: "SE", Correction: RuleCorrection, Annulment: RuleAnnulment,
		Watched: WatchedLists, Extract: true,
		LostAnswer: LostAnswer{
			Report: "the answer was lost: avfallsregistret may or may not have taken the note, and cannot be asked in production. " +
				"Look the note up in its web service and decide taken, or order the agency's extract of your notes and give it to `starter extract`. " +
				"If neither comes before it is due, decide not-taken: it is sent again, and if there are then two, annul one as sent twice (SkickatDubbelt)",
			Correction: "the answer was lost: avfallsregistret may or may not have taken the correction, and cannot be asked in production. Look the note up in its web service, " +
				"or order the agency's extract of your notes and give it to `starter extract`; or decide not-taken: once corrected, the old note is refused, so that there is only one note",
			Annulment: "the answer was lost: avfallsregistret may or may not have annulled the note, and its answers do not show which. Look the note up in its web service, " +
				"then decide taken under the same id, or not-taken; annulling it once more is refused and does no harm",
		},
	},
	{
		Name: Trackdechets, Title: "Trackdéchets", Country: "FR", Correction: RuleRevision, Annulment: RuleCancellation,
		Document: "BSDD", Watched: WatchedSchema,
	},
	{Name: Autosys, Title: "Autosys", Country: "NO"},
}

// Registries are the names of all registries, in a fixed order.
func Registries() []string { return registriesWhere(func(Registry) bool { return true }) }

// WatchedRegistries are those whose reference data, or whose schema, are checked for
// drift.
func WatchedRegistries() []string {
	return registriesWhere(func(r Registry) bool { return r.Watched != "" })
}

func registriesWhere(is func(Registry) bool) (names []string) {
	for _, r := range registries {
		if is(r) {
			names = append(names, r.Name)
		}
	}
	return names
}

// RegistryOf is the registry with that name; the zero value if there is none.
func RegistryOf(name string) Registry {
	for _, r := range registries {
		if r.Name == name {
			return r
		}
	}
	return Registry{}
}

// Amends tells whether an accepted report can be amended.
func (r Registry) Amends() bool { return r.Correction != "" }

// Corrects tells whether each accepted report is amended for itself, and so may be
// outdated after a correction of its batch.
func (r Registry) Corrects() bool { return r.Amends() && r.Document == "" }

// Of is the text for one content.
func (l LostAnswer) Of(c Content) string {
	switch {
	case c.Amends == nil:
		return l.Report
	case c.Amends.Annul != "":
		return l.Annulment
	default:
		return l.Correction
	}
}
