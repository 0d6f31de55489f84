package sluss

import "fmt"

// Quarter is a calendar quarter.
type Quarter struct {
	Year   int `json:"year"`
	Number int `json:"number"` // 1 to 4
}

// String is the quarter as people write it: "2026-Q4".
func (q Quarter) String() string { return fmt.Sprintf("%d-Q%d", q.Year, q.Number) }

// Result is what a treater tells of one waste code that it treated in one
// quarter at one site (Avfallsförordningen, ch. 6 § 5 p. 2).
type Result struct {
	Quarter Quarter  `json:"quarter"`
	Treater Party    `json:"treater"`
	Site    Place    `json:"site"`
	Code    string   `json:"code"`    // with its star, as in Waste
	Mass    Mass     `json:"mass"`    // kg that was treated
	Methods []Method `json:"methods"` // each once, in order
	Batches []string `json:"batches"` // ids of those that were treated, in order
	Yield
}

// Method is how waste was treated.
type Method struct {
	Operation string `json:"operation"`     // as in Treatment: "R9"
	Sub       string `json:"sub,omitempty"` // the registry's letter, where it has them
}

// Yield is what waste became by treatment, from the treater's own books. At
// least one of the first two must be told.
type Yield struct {
	NonHazardous *Mass     `json:"non_hazardous,omitempty"` // kg that is no longer hazardous
	Product      *Mass     `json:"product,omitempty"`       // kg that is no longer waste
	Oil          *OilYield `json:"oil,omitempty"`           // of waste oil only
}

// OilYield is what waste oil became. Which masses may be told depends on the
// kind.
type OilYield struct {
	Kind        string `json:"kind"` // the registry's code of two digits
	Regenerated *Mass  `json:"regenerated,omitempty"`
	Recycled    *Mass  `json:"recycled,omitempty"` // as material in another way
	Energy      *Mass  `json:"energy,omitempty"`   // recovered as energy
	Disposed    *Mass  `json:"disposed,omitempty"`
	Other       string `json:"other,omitempty"` // what it became, where the kind leaves that open
}

// OilKind is one of the registry's kinds of results of waste oil, with what may
// be told of it.
type OilKind struct {
	Code                                              string
	Regenerated, Recycled, Energy, Disposed, AnyOther bool
}
