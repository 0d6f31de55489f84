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

var quarterText = regexp.MustCompile(`^(\d{4})[- ]?[Qq]([1-4])$`)

// ParseQuarter reads "2026-Q4", also as 2026Q4 or 2026q4.
func ParseQuarter(text string) (Quarter, error) {
	parts := quarterText.FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		return Quarter{}, Faults{{Field: "quarter", Problem: fmt.Sprintf("%q is no quarter", text), Remedy: "write it as 2026Q4"}}
	}
	year, _ := strconv.Atoi(parts[1]) // four digits
	number, _ := strconv.Atoi(parts[2])
	return Quarter{Year: year, Number: number}, nil
}

// Before tells whether q comes before another quarter.
func (q Quarter) Before(other Quarter) bool {
	return q.Year < other.Year || q.Year == other.Year && q.Number < other.Number
}

// ResultSite names the results that one treater owes of one quarter at one
// site.
type ResultSite struct {
	Tenant  string  `json:"tenant"`
	Quarter Quarter `json:"quarter"`
	Site    string  `json:"site"` // the treater's number, and a short hash of the place
}

// ID is the id of the workflow that compiles them.
func (s ResultSite) ID() string { return fmt.Sprintf("results/%s/%s/%s", s.Tenant, s.Quarter, s.Site) }

// ResultSite is whose result the content tells; it must hold one.
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

// TreatedBatch is a batch that was treated: the declaration as it stands
// corrected, and the events up to its treatment.
type TreatedBatch struct {
	Declaration Declaration `json:"declaration"`
	Events      []Event     `json:"events"`
}

// ResultCorrectionRecord is a person's correction of a quarter's result, with
// what it made of the content.
type ResultCorrectionRecord struct {
	Filing     string     `json:"filing"`
	Number     int        `json:"number"` // counts the corrections of one result
	Correction Correction `json:"correction"`
	Result     Result     `json:"result"`
	At         time.Time  `json:"at"`
}

// CompiledResult is a result that was compiled, as it stands corrected.
type CompiledResult struct {
	Site        ResultSite `json:"site"`
	Content     Content    `json:"content"`
	Corrections int        `json:"corrections,omitempty"` // how many there were
}
