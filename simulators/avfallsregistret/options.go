package avfallsregistret

import (
	"cmp"
	"time"
)

// BasePath is where the note API starts; TokenPath is where tokens are had.
const (
	BasePath  = "/btfa/anteckning/v1"
	TokenPath = "/oauth2/token"
)

// Mode says which of the registry's two environments is simulated.
type Mode int

// The test environment lets a reporter read its own notes back; production answers 404 to every read.
const (
	Test Mode = iota
	Production
)

// Identity says where the registry takes the reporter's organisation number from. Which of the two the real one does is
// unknown (it is behind the unexplained error 1023 in the test environment).
type Identity int

// The reporter is the client certificate's Subject serialNumber without its prefix 16, or the organisation to which the
// OAuth application belongs, whatever the certificate says.
const (
	FromCertificate Identity = iota
	FromApplication
)

// Casing is the spelling of the keys in error bodies. PascalCase is inferred; the contract says camelCase.
type Casing int

// The two spellings.
const (
	PascalCase Casing = iota
	CamelCase
)

// Format is how the gateway words its own errors (certificate, token, quota, unknown path): unknown, so all three exist.
type Format int

// The three formats of gateway errors.
const (
	XML Format = iota
	JSON
	HTML
)

// BatteryCodes says when the waste list takes the codes of 2026-12-09; when the real list follows is unknown.
type BatteryCodes int

// The list never has them, has them from 2026-12-09 by the registry's clock, or has them already.
const (
	WithoutBatteryCodes BatteryCodes = iota
	BatteryCodesByDate
	WithBatteryCodes
)

// Links says what the id of the preceding note is held against; the registry's catalogue has a code for its form only.
type Links int

// Links are not looked at; must name a note in the records; or one that is neither superseded nor annulled. Else 1091.
const (
	LinksUnchecked Links = iota
	LinksToNotes
	LinksToCurrentNotes
)

// Way is one of the five ways of giving a place.
type Way int

// The five ways, in the contract's order.
const (
	ByAddress Way = iota + 1
	ByPosition
	ByCountry
	ByEstablishment
	ByMunicipality
)

// Quota is a limit on calls in any rolling window. The contract names none; the zero value sets none.
type Quota struct {
	Calls int           // calls allowed in any window; 0 is unlimited
	Per   time.Duration // length of the window; 0 means one minute. Counters uses it too.
	// SilentRefusal leaves Retry-After out of the answer 429.
	SilentRefusal bool
}

// Window bounds a moment that a note names. Zero fields set no bound.
type Window struct {
	Earliest time.Time     // nothing before
	Past     time.Duration // nothing longer ago
	Future   time.Duration // nothing further ahead
}

func (w Window) holds(moment, now time.Time) bool {
	switch {
	case !w.Earliest.IsZero() && moment.Before(w.Earliest):
		return false
	case w.Past > 0 && moment.Before(now.Add(-w.Past)):
		return false
	}
	return w.Future == 0 || !moment.After(now.Add(w.Future))
}

// Options of the simulated registry. The zero value behaves as the test environment was observed, or inferred, to
// behave; each other field is a fact about the real registry that is not public.
type Options struct {
	Mode        Mode
	Key, Secret string        // of the OAuth2 application; default DefaultKey and DefaultSecret
	TokenLife   time.Duration // default 3600 s
	Identity    Identity
	AppOrgnr    string // ten digits; the application's organisation when Identity is FromApplication
	Quota       Quota
	Now         func() time.Time // default time.Now
	// Path is the file that holds the records; empty keeps them in memory only. A note is on disk before its answer leaves.
	Path string
	// Authority issues and checks certificates; default a new one.
	Authority *Authority

	SuccessStatus int    // of POST and PUT: 200 (default) or 201
	SuccessKey    string // "avfallId" (default), or the older "AvfallsId"
	ErrorCasing   Casing
	GatewayErrors Format
	// CertificateAtGateway lets a caller without certificate through TLS and answers 401; else the handshake fails. In
	// that mode tokens are given without a certificate.
	CertificateAtGateway bool
	// SystemIDOptional accepts calls without NV-Client-System-ID; else they get 400.
	SystemIDOptional bool

	// Tidpunkt bounds the note's own moment (error 1032); the zero value means from 2020-08-01 to one day ahead.
	Tidpunkt Window
	// Dates bounds the dates of transport, reception, removal and deal; the zero value accepts any.
	Dates        Window
	BatteryCodes BatteryCodes
	// RefuseNonHazardous answers 1111 to a waste code that is not hazardous.
	RefuseNonHazardous bool
	// CheckDigits verifies the check digit of ten-digit numbers.
	CheckDigits bool
	// LandNeedsKommunkod takes the schema at its word: a place abroad needs a municipality as well.
	LandNeedsKommunkod bool
	// BareKommunkod accepts a place of only a municipality anywhere; else only where the waste comes from when the
	// previous holder is OKÄND or KOMMUN.
	BareKommunkod bool
	// SharedPlaceCodes answers 1055, 1051 and 1081 for municipality and postcode in place of the codes of the place's family.
	SharedPlaceCodes bool
	// RefuseCfarKommun answers 4097 to the word KOMMUN as the producer's CFAR number.
	RefuseCfarKommun bool
	// SubCodeRequired answers 4063 to a treatment method that has sub-codes and is given without one.
	SubCodeRequired bool
	// UnknownEstablishments are CFAR numbers of eight digits that the registry does not know: 4095 as the producer's own,
	// the code of the place's family (4513, 4613, 4713) at a place. Whether the real registry looks them up is unknown.
	UnknownEstablishments []string
	// NotAsPreviousHolder and NotAsOperator are special organisation numbers (errors 4050, 4051).
	NotAsPreviousHolder, NotAsOperator []string
	// AnnulAnyVersion lets a superseded or annulled note be annulled (again); else 400.
	AnnulAnyVersion bool
	// CorrectAnnulled lets an annulled note be corrected; else 3022.
	CorrectAnnulled bool
	// ChangeWithin is how long after it came in a note can be corrected and annulled; 0: for ever.
	ChangeWithin time.Duration
	// ChangeStatus is of the answers that refuse to correct a note (1116, 1118, 3022, 3023): 400 (default), 404, 409 or 422.
	ChangeStatus int
	// ForbidOthers answers 403 to a change of another company's note; else it is unknown (1116).
	ForbidOthers bool
	// Links says what foregaendeAvfallId is held against.
	Links Links

	// RefusedWays are ways of giving a place that a field does not take, by the field's name; they get the family's code
	// for what is then missing. The real matrix of fields and ways is unknown.
	RefusedWays map[string][]Way
	// HolderWordsRefused are paths of note types ("transporter") that do not take OKÄND and KOMMUN (1241).
	HolderWordsRefused []string

	// SubCodes are the letters that refine treatment methods, by method ("R3": "AB"); default invented ones.
	SubCodes map[string]string
	// RecoveryTypes are the types of recovery result of waste oil; default five invented ones.
	RecoveryTypes []RecoveryType
	// HazardWords are the values of farligt for codes that are not and that are hazardous; default "false" and "true".
	HazardWords [2]string
	// MassLimit is the mangdGrans of every code; 0: null.
	MassLimit float64
	// NoteNumbersFromZero numbers the eight note types from 0; else from 1.
	NoteNumbersFromZero bool
	// PageSize and MaxPageSize are of GET /anteckningar; default 100 and 1000.
	PageSize, MaxPageSize int
	// WrapReads puts what GET /anteckningar answers into a ResponseObject.
	WrapReads bool
	// PlainProblems sends ProblemDetails as text/plain.
	PlainProblems bool
	// ExtractCurrentOnly leaves superseded and annulled notes out of the agency's extract.
	ExtractCurrentOnly bool
	// ExtractDecimalComma writes quantities there with a comma.
	ExtractDecimalComma bool
	// SilentTokenLife leaves expires_in out of the answer with a token.
	SilentTokenLife bool
	// TokenNeedsCertificate answers 401 to a call for a token without certificate, where CertificateAtGateway lets it in.
	TokenNeedsCertificate bool
	// ErsattAvPointsBack turns ersattAv and ersattAvAvfallsid to the note that was replaced, as their description says;
	// else to the one that replaces, as their name says.
	ErsattAvPointsBack bool
}

// The OAuth2 application of a registry whose options name none.
const (
	DefaultKey    = "sim-key"
	DefaultSecret = "sim-secret"
)

func (o Options) withDefaults() Options {
	if o.Key == "" {
		o.Key, o.Secret = DefaultKey, DefaultSecret
	}
	if o.TokenLife == 0 {
		o.TokenLife = time.Hour
	}
	if o.Quota.Per == 0 {
		o.Quota.Per = time.Minute
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.SuccessStatus == 0 {
		o.SuccessStatus = 200
	}
	if o.SuccessKey == "" {
		o.SuccessKey = "avfallId"
	}
	if o.SubCodes == nil {
		o.SubCodes = inventedSubCodes
	}
	if o.RecoveryTypes == nil {
		o.RecoveryTypes = inventedRecoveryTypes
	}
	if o.HazardWords == ([2]string{}) {
		o.HazardWords = [2]string{"false", "true"}
	}
	o.PageSize, o.MaxPageSize = cmp.Or(o.PageSize, 100), cmp.Or(o.MaxPageSize, 1000)
	o.ChangeStatus = cmp.Or(o.ChangeStatus, 400)
	if o.Tidpunkt == (Window{}) {
		o.Tidpunkt = Window{Earliest: time.Date(2020, time.August, 1, 0, 0, 0, 0, time.UTC), Future: 24 * time.Hour}
	}
	return o
}

// wasteList is the list of waste codes in force by the options and the registry's clock.
func (o Options) wasteList() []waste {
	if o.BatteryCodes == WithBatteryCodes || o.BatteryCodes == BatteryCodesByDate && !o.Now().Before(batteryChange) {
		return wasteAfter()
	}
	return wasteBefore()
}

func (o Options) findWaste(code string) (waste, bool) {
	for _, w := range o.wasteList() {
		if w.code == code {
			return w, true
		}
	}
	return waste{}, false
}
