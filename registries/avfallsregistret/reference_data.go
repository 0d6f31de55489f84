package avfallsregistret

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"sluss"
)

// ReferenceData are the registry's lists of codes. They change without notice:
// fetch them regularly and compare them with the lists in Sluss.
type ReferenceData struct {
	Notes      []NoteType
	Wastes     []WasteType // the whole tree, each node before its children
	Treatments []TreatmentMethod
	Modes      []TransportMode
	Recoveries []RecoveryType
}

// NoteType is one of the registry's kinds of notes. Its ID is the number of the
// kind in notes read back.
type NoteType struct {
	ID          int    `json:"id"`
	Description string `json:"beskrivning"`
	Actor       string `json:"aktor"`
	Law         string `json:"lagrum"`
	Use         string `json:"tillampning"`
}

// WasteType is a chapter (two digits), sub-chapter (four) or code (six) of the
// list of waste.
type WasteType struct {
	Code        string // digits only
	EWC         string // as the law writes it: "16 06 01*"
	Hazard      string // the registry's own value; the possible values are not known
	OilResult   bool   // the result of its treatment is reported as that of waste oil
	Description string
	Info        string
	// Limit is a quantity in kg; 0: none. The registry does not document its meaning.
	Limit float64
}

// Hazardous reports whether the code has a star.
func (w WasteType) Hazardous() bool { return strings.HasSuffix(strings.TrimSpace(w.EWC), "*") }

// TreatmentMethod is a method of annex 1 or 2 with the letters that refine it.
type TreatmentMethod struct {
	Code        string    `json:"kod"` // "R10"
	Description string    `json:"beskrivning"`
	SubCodes    []SubCode `json:"underkoder"`
}

// SubCode is a letter that refines a treatment method.
type SubCode struct {
	Code        string `json:"kod"`
	Description string `json:"beskrivning"`
}

// TransportMode is a mode of transport by the registry's letter.
type TransportMode struct {
	Code        string `json:"transportsatt"`
	Description string `json:"beskrivning"`
}

// RecoveryType is a type of recovery result of waste oil, with the quantities that
// belong to it. The registry requires those quantities and refuses others. Detail
// is true if specifikationAnnan is required.
type RecoveryType struct {
	Code          string `json:"kod"` // two digits
	Description   string `json:"beskrivning"`
	Regenerated   bool   `json:"mangdRegenereringForvantas"`
	OtherMaterial bool   `json:"mangdAnnanMaterialatervinningForvantas"`
	Energy        bool   `json:"mangdEnergiatervinningForvantas"`
	Disposed      bool   `json:"mangdBortskanffandeForvantas"` // spelled so by the registry
	Detail        bool   `json:"specifikationOvrigtForvantas"`
}

// OilKinds are the types of recovery result as types of the root package.
func (l ReferenceData) OilKinds() []sluss.OilKind {
	kinds := make([]sluss.OilKind, len(l.Recoveries))
	for i, r := range l.Recoveries {
		kinds[i] = sluss.OilKind{
			Code: r.Code, Regenerated: r.Regenerated, Recycled: r.OtherMaterial, Energy: r.Energy, Disposed: r.Disposed, AnyOther: r.Detail,
		}
	}
	return kinds
}

// ReferenceData fetches the registry's five lists, in five calls of the quota. It
// changes nothing. The error is sluss.ErrNotSent, sluss.ErrOperator or, if a list
// was incomplete, sluss.ErrUnavailable. With an error there are no lists.
func (c *Client) ReferenceData(ctx context.Context) (ReferenceData, error) {
	var lists ReferenceData
	var tree []wasteNode
	for _, list := range []struct {
		resource string
		into     any
	}{
		{"anteckningstyper", &lists.Notes},
		{"avfallstyper", &tree},
		{"behandlingsmetoder", &lists.Treatments},
		{"transportsatt", &lists.Modes},
		{"atervinningsresultattyper", &lists.Recoveries},
	} {
		if _, err := c.ask(ctx, "/"+list.resource, nil, list.into); err != nil {
			return ReferenceData{}, err
		}
	}
	lists.Wastes = flatten(nil, tree)
	return lists, nil
}

// RecoveryType fetches one type of recovery result of waste oil. The error is
// sluss.ErrAbsent if the registry has no such code, otherwise as of ReferenceData.
func (c *Client) RecoveryType(ctx context.Context, code string) (RecoveryType, error) {
	var kind RecoveryType
	r, err := c.ask(ctx, "/atervinningsresultattyper/"+url.PathEscape(code), nil, &kind)
	if r.Status == http.StatusNotFound && registersOwn(r.Body) {
		return RecoveryType{}, fmt.Errorf("type of recovery result %q: %w", code, sluss.ErrAbsent)
	}
	return kind, err
}

// ask makes a GET call, which changes nothing, and decodes the answer into a value.
func (c *Client) ask(ctx context.Context, path string, query url.Values, into any) (reply, error) {
	r, err := c.call(ctx, http.MethodGet, path, query, nil)
	if err != nil {
		return r, err
	}
	if r.Status == http.StatusOK {
		if err := errors.Join(r.Err, json.Unmarshal(r.Body, into)); err != nil {
			return r, fmt.Errorf("%w: %s: its answer cannot be read: %w", sluss.ErrUnavailable, r.operation, err)
		}
		return r, nil
	}
	o, err := outcome(r, message{})
	if err == nil {
		err = fmt.Errorf("%w: %s: it answered %d: %s", sluss.ErrUnavailable, r.operation, r.Status, o.Detail)
	}
	return r, err
}

// registersOwn reports whether a 404 is the registry's own ("no such entry") and
// not the gateway's ("no such address").
func registersOwn(body []byte) bool {
	_, _, ok := readFelsvar(body)
	_, faulted := readGatewayFault(body)
	return ok && !faulted
}

// wasteNode is a node of the tree of waste codes.
type wasteNode struct {
	Kod                       string  `json:"kod"`
	Ewc                       string  `json:"ewc"`
	Farligt                   text    `json:"farligt"`
	AngeResultatAvAtervinning bool    `json:"angeResultatAvAtervinning"`
	Beskrivning               string  `json:"beskrivning"`
	MangdGrans                float64 `json:"mangdGrans"`
	AvfallstypInfo            struct {
		Info string `json:"info"`
	} `json:"avfallstypInfo"`
	Avfallstyper []wasteNode `json:"avfallstyper"`
}

// text is a JSON string, or any other JSON value as its source text.
type text string

// UnmarshalJSON accepts any value.
func (t *text) UnmarshalJSON(data []byte) error {
	var plain *string
	switch {
	case json.Unmarshal(data, &plain) != nil:
		*t = text(data)
	case plain != nil:
		*t = text(*plain)
	}
	return nil
}

func flatten(list []WasteType, nodes []wasteNode) []WasteType {
	for _, n := range nodes {
		list = append(list, WasteType{
			Code: n.Kod, EWC: n.Ewc, Hazard: string(n.Farligt), OilResult: n.AngeResultatAvAtervinning,
			Description: n.Beskrivning, Info: n.AvfallstypInfo.Info, Limit: n.MangdGrans,
		})
		list = flatten(list, n.Avfallstyper)
	}
	return list
}

// Codes are the six-digit codes of the list, with a star if hazardous, sorted.
func (l ReferenceData) Codes() []string {
	var codes []string
	for _, w := range l.Wastes {
		if len(w.Code) != 6 {
			continue
		}
		if w.Hazardous() {
			codes = append(codes, w.Code+"*")
		} else {
			codes = append(codes, w.Code)
		}
	}
	slices.Sort(codes)
	return codes
}
