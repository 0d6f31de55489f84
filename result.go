package sluss

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Quarter is a calendar quarter.
type Quarter struct {
	Year   int `json:"year"`
	Number int `json:"number"` // 1 to 4
}

// String is the quarter as people write it: "2026-Q4".
func (q Quarter) String() string { return fmt.Sprintf("%d-Q%d", q.Year, q.Number) }

var quarterText = regexp.MustCompile(`^(\d{4})[- ]?[Qq]([1-4])$`)

// ParseQuarter reads "2026-Q4", also as 2026Q4 or 2026q4.
func ParseQuarter(text string) (Quarter, error) {
	parts := quarterText.FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		return Quarter{}, Faults{{Field: "quarter", Problem: fmt.Sprintf("%q is not a quarter", text), Remedy: "write it as 2026Q4"}}
	}
	year, _ := strconv.Atoi(parts[1]) // four digits
	number, _ := strconv.Atoi(parts[2])
	return Quarter{Year: year, Number: number}, nil
}

// Before tells whether q comes before another quarter.
func (q Quarter) Before(other Quarter) bool {
	return q.Year < other.Year || q.Year == other.Year && q.Number < other.Number
}

// Result is what a treater reports of one waste code that it treated in one
// quarter at one site (Avfallsförordningen, ch. 6 § 5 p. 2).
type Result struct {
	Quarter Quarter   `json:"quarter"`
	Treater Party     `json:"treater"`
	Site    Place     `json:"site"`
	Code    string    `json:"code"`    // with its star, as in Waste
	Mass    Mass      `json:"mass"`    // kg that was treated
	Methods []Method  `json:"methods"` // each once, in order
	Batches []BatchID `json:"batches"` // ids of those that were treated, in order
	// CompiledAt is when it was compiled, which the registry is told. Left out: it is not known.
	CompiledAt time.Time `json:"compiled_at,omitzero"`
	Yield
}

// Method is how waste was treated.
type Method struct {
	Operation string `json:"operation"`     // as in Treatment: "R9"
	Sub       string `json:"sub,omitempty"` // the registry's letter for the method, if it has one
}

// Yield is what the waste became by treatment, from the treater's own records. At
// least one of the first two must be given.
type Yield struct {
	NonHazardous *Mass     `json:"non_hazardous,omitempty"` // kg that is no longer hazardous
	Product      *Mass     `json:"product,omitempty"`       // kg that is no longer waste
	Oil          *OilYield `json:"oil,omitempty"`           // of waste oil only
}

// OilYield is what waste oil became. The kind decides which masses may be given.
type OilYield struct {
	Kind        string `json:"kind"` // the registry's code of two digits
	Regenerated *Mass  `json:"regenerated,omitempty"`
	Recycled    *Mass  `json:"recycled,omitempty"` // as material in another way
	Energy      *Mass  `json:"energy,omitempty"`   // recovered as energy
	Disposed    *Mass  `json:"disposed,omitempty"`
	Other       string `json:"other,omitempty"` // what it became, if the kind leaves that open
}

// OilKind is one of the registry's kinds of results of waste oil, with what may
// be given with it.
type OilKind struct {
	Code                                              string
	Regenerated, Recycled, Energy, Disposed, AnyOther bool
}

// ResultSite identifies the results that one treater owes of one quarter at one
// site.
type ResultSite struct {
	Tenant  string  `json:"tenant"`
	Quarter Quarter `json:"quarter"`
	Site    string  `json:"site"` // the treater's number, and a short hash of the place
}

// ResultSite identifies the content's result; there must be one.
func (c Content) ResultSite() ResultSite {
	r, tenant := c.Result, c.Declaration.Tenant
	if tenant == "" {
		tenant = DefaultTenant
	}
	place := []string{r.Treater.Country, r.Site.Municipality, r.Site.Establishment, r.Site.Postcode, r.Site.Address}
	if p := r.Site.Position; p != nil {
		place = append(place, fmt.Sprint(p.Northing, p.Easting))
	}
	text, _ := json.Marshal(place) // strings always can
	sum := sha256.Sum256(text)
	return ResultSite{Tenant: tenant, Quarter: r.Quarter, Site: r.Treater.ID + "-" + hex.EncodeToString(sum[:4])}
}

// TreatedBatch is a batch that was treated: the declaration as corrected, and the
// events up to its treatment.
type TreatedBatch struct {
	Declaration Declaration `json:"declaration"`
	Events      []Event     `json:"events"`
}

// ResultCorrectionRecord is a person's correction of a quarter's result, with the
// corrected result.
type ResultCorrectionRecord struct {
	Filing     FilingID   `json:"filing"`
	Number     int        `json:"number"` // of the correction among those of the result, counted from 1
	Correction Correction `json:"correction"`
	Result     Result     `json:"result"`
	At         time.Time  `json:"at"`
}

// CompiledResult is a result that was compiled, as corrected.
type CompiledResult struct {
	Site        ResultSite `json:"site"`
	Content     Content    `json:"content"`
	Corrections int        `json:"corrections,omitempty"` // how many there were
}
