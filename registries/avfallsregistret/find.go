package avfallsregistret

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"sluss"
)

const (
	pageSize = 1000
	// early is how long before the event the queried period begins, since the
	// registry's clock and ours may differ.
	early = 24 * time.Hour
	// askAgain is the pause before a registry that gave no answer is asked again.
	askAgain = time.Minute
)

// Find fetches the notes since this one was made from the registry's test
// environment and looks for this one among them. It is found (Accepted) if exactly
// one note matches in reference, code, mass, party, kind, predecessor and time, and
// no other note might be it. It is missing (sluss.ErrAbsent) if no note might be
// it. In all other cases, and always in production, the error is
// sluss.ErrCannotAsk: a person must look. If the submission amends a note, Find
// calls FindReplacement or FindAnnulment. Find changes nothing.
func (c *Client) Find(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	switch a := s.Content.Amends; {
	case a == nil:
		return c.find(ctx, "", s)
	case a.Annul == "":
		return c.FindReplacement(ctx, a.Receipt, s)
	default:
		return c.FindAnnulment(ctx, a.Receipt, annulReasonOf[a.Annul])
	}
}

// find looks for a new note, or for the correction of the note with the waste id
// replaces.
func (c *Client) find(ctx context.Context, replaces string, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	now := time.Now()
	exchange := sluss.Exchange{Operation: "GET /anteckningar", Started: now, Ended: now}
	if !c.readable {
		return sluss.Outcome{}, exchange, fmt.Errorf("%w: the registry reads notes back in its test environment only", sluss.ErrCannotAsk)
	}
	m, err := c.message(s.Content)
	if err != nil {
		return sluss.Outcome{}, exchange, err
	}
	m.replaces = replaces
	from := now
	if noted := m.noted(c.zone); noted.Before(now) {
		from = noted
	}
	r, err := c.call(ctx, http.MethodGet, "/anteckningar", url.Values{
		"DatumTidFran":    {from.Add(-early).UTC().Format(time.RFC3339)},
		"MaxAntalPerSida": {strconv.Itoa(pageSize)},
		"Sida":            {"1"},
	}, nil)
	if err != nil {
		return sluss.Outcome{}, r.exchange(), err
	}
	o, err := found(r, m, c.zone)
	return o, r.exchange(), err
}

// found interprets the registry's answer to a query for its notes.
func found(r reply, m message, zone *time.Location) (sluss.Outcome, error) {
	switch r.Status {
	case http.StatusOK:
		return m.among(r, zone)
	case http.StatusNotFound, http.StatusBadRequest:
		return sluss.Outcome{}, fmt.Errorf("%w: it answered %d to the question for its notes", sluss.ErrCannotAsk, r.Status)
	}
	o, err := outcome(r, m)
	if err == nil && o.Kind == sluss.Unknown {
		return notNow(r.Ended), nil
	}
	return o, err
}

// container is a page of notes read back.
type container struct {
	AntalSidor   int               `json:"antalSidor"`
	Anteckningar *[]map[string]any `json:"anteckningar"`
}

// among looks for the message among the notes read back. If the answer does not
// hold all notes of the period, it proves nothing.
func (m message) among(r reply, zone *time.Location) (sluss.Outcome, error) {
	var page struct {
		container
		ResponseObject *container `json:"responseObject"` // one client of the real registry expects such a wrapper
	}
	if err := json.Unmarshal(r.Body, &page); r.Err != nil || err != nil {
		return sluss.Outcome{}, fmt.Errorf("%w: its list of notes cannot be read", sluss.ErrCannotAsk)
	}
	list := page.container
	if page.ResponseObject != nil {
		list = *page.ResponseObject
	}
	if list.Anteckningar == nil || list.AntalSidor > 1 {
		return sluss.Outcome{}, fmt.Errorf("%w: it has more notes since then than fit into one answer", sluss.ErrCannotAsk)
	}
	var ids []string
	doubtful := 0
	for _, read := range *list.Anteckningar {
		switch id, like := m.compare(fold(read), zone); like {
		case same:
			ids = append(ids, id)
		case perhaps:
			doubtful++
		case other:
		}
	}
	switch {
	case len(ids) == 1 && (doubtful == 0 || m.replaces != ""): // a note has only one next version
		return sluss.Outcome{
			Kind: sluss.Accepted, Detail: "the registry had it when asked",
			Receipt: &sluss.Receipt{Registry: sluss.Avfallsregistret, ID: ids[0], At: r.Ended},
		}, nil
	case len(ids) == 0 && doubtful == 0:
		return sluss.Outcome{}, sluss.ErrAbsent
	}
	return sluss.Outcome{}, fmt.Errorf("%w: %d of its notes match this one and %d more might: a person must look", sluss.ErrCannotAsk, len(ids), doubtful)
}

// likeness says whether a note read back is the one looked for.
type likeness int

const (
	other likeness = iota
	perhaps
	same
)

// compare returns other only if the registry has a value that differs from the one
// we sent. A value that is missing, or written in another form, makes the note
// doubtful (perhaps).
func (m message) compare(read folded, zone *time.Location) (id string, _ likeness) {
	waste := read.object("avfall")
	certain := true
	for _, field := range []struct {
		in       folded
		name     string
		agreeing bool
	}{
		{read, "referens", read.text("referens") == m.note.Referens},
		{read, "verksamhetsutovare", strings.EqualFold(read.text("verksamhetsutovare"), m.note.Verksamhetsutovare)},
		{waste, "kod", bareCode(waste.text("kod")) == m.note.Avfall.Kod},
		{waste, "mangd", sameMass(waste["mangd"], m.note.Avfall.Mangd)},
		{waste, "foregaendeavfallid", strings.EqualFold(waste.text("foregaendeavfallid"), m.note.Avfall.ForegaendeAvfallID)},
	} {
		if !field.agreeing && field.in.has(field.name) {
			return "", other
		}
		certain = certain && field.agreeing
	}
	switch may := readKinds(read); {
	case len(may) == 0:
		certain = false
	case !slices.Contains(may, m.what):
		return "", other
	}
	if moment, zoned := readMoment(read.text("anteckningsdatum"), zone); !moment.Truncate(time.Second).Equal(m.noted(zone)) {
		if zoned {
			return "", other
		}
		certain = false
	}
	id = waste.text("avfallid")
	version := m.version(read, id)
	if version == other || !certain || read.has("makuleradOrsak") || read.has("makuleradAv") || !validGUID(id) {
		return "", min(version, perhaps)
	}
	return id, version
}

// version reports whether a note read back is the version looked for: the only
// one, or the one that follows the replaced note. It is not known whether ersattAv
// names the version before or after, so the note is doubtful unless ersattAv names
// the replaced note too.
func (m message) version(read folded, id string) likeness {
	before, either := read.text("foregaendeAvfallsid"), read.text("ersattAvAvfallsid")
	signs := before != "" || either != "" || read.has("ersattAv") || read.has("foregaendeVersion")
	switch {
	case m.replaces == "" && signs:
		return perhaps
	case m.replaces == "":
		return same
	case strings.EqualFold(id, m.replaces), before == "" && !signs:
		return other
	case before != "" && !strings.EqualFold(before, m.replaces):
		return other
	case before == "" && either != "" && !strings.EqualFold(either, m.replaces):
		return other
	case before == "", either == "" && read.has("ersattAv"), either != "" && !strings.EqualFold(either, m.replaces):
		return perhaps
	}
	return same
}

func (m message) noted(zone *time.Location) time.Time {
	moment, _ := readMoment(m.note.Tidpunkt, zone)
	return moment
}

func sameMass(value any, mass sluss.Mass) bool {
	kg, ok := value.(float64)
	return ok && math.Abs(kg*1000-float64(mass)) < 0.5
}

// readMoment reads a time with its offset, or Swedish local time if it has none.
func readMoment(text string, zone *time.Location) (moment time.Time, zoned bool) {
	if moment, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return moment, true
	}
	for _, layout := range []string{"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999"} {
		if moment, err := time.ParseInLocation(layout, text, zone); err == nil {
			return moment, false
		}
	}
	return time.Time{}, false
}

// folded is a JSON object with its keys in lower case.
type folded map[string]any

func fold(object map[string]any) folded {
	low := make(folded, len(object))
	for key, value := range object {
		low[strings.ToLower(key)] = value
	}
	return low
}

func (f folded) has(name string) bool {
	value := f[strings.ToLower(name)]
	return value != nil && value != ""
}

func (f folded) text(name string) string {
	text, _ := f[strings.ToLower(name)].(string)
	return text
}

func (f folded) object(name string) folded {
	object, _ := f[strings.ToLower(name)].(map[string]any)
	return fold(object)
}
