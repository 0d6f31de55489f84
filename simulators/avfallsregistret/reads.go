package avfallsregistret

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

func notFound() *answer {
	return jsonAnswer(http.StatusNotFound, map[string]any{
		"type":  "https://tools.ietf.org/html/rfc7231#section-6.5.4",
		"title": "Not Found", "status": http.StatusNotFound, "traceId": uuid.NewString(),
	})
}

func (r *Registry) readOne(c call, id string) *answer {
	if r.options.Mode == Production {
		return notFound()
	}
	if !guid(id) {
		return r.problem(http.StatusBadRequest, "Bad Request", "avfallid must be a GUID")
	}
	for _, note := range r.Notes() {
		if note.AvfallID == strings.ToLower(id) && note.ownedBy(c.reporter) {
			return jsonAnswer(http.StatusOK, r.readModel(note, r.index()))
		}
	}
	return notFound()
}

func (r *Registry) readMany(c call) *answer {
	if r.options.Mode == Production {
		return r.problem(http.StatusNotFound, "Not Found", "notes can be read in the test environment only")
	}
	query := foldQuery(c.URL.Query())
	size, goodSize := number(query, "maxantalpersida", r.options.PageSize)
	page, goodPage := number(query, "sida", 1)
	var found []fault
	if !goodSize || size < 1 || size > r.options.MaxPageSize {
		found = append(found, catalogued(2031)...)
	}
	if !goodPage || page < 1 {
		found = append(found, catalogued(2051)...)
	}
	from, goodFrom := moment(query, "datumtidfran")
	to, goodTo := moment(query, "datumtidtom")
	if !goodFrom || !goodTo {
		found = append(found, fault{1000, "Valideringsfel. DatumTidFran and DatumTidTom must be date-times."})
	}
	if len(found) > 0 {
		return r.felsvar(found)
	}
	notes := slices.DeleteFunc(r.Notes(), func(n Note) bool {
		return !n.ownedBy(c.reporter) ||
			!from.IsZero() && n.Received.Before(from) || !to.IsZero() && n.Received.After(to)
	})
	index := r.index()
	start := min((page-1)*size, len(notes))
	list := []map[string]any{}
	for _, note := range notes[start:min(start+size, len(notes))] {
		list = append(list, r.readModel(note, index))
	}
	container := map[string]any{
		"antalRader": len(notes), "antalPerSida": size, "sida": page,
		"antalSidor": (len(notes) + size - 1) / size, "anteckningar": list,
	}
	if r.options.WrapReads {
		container = map[string]any{"ResponseObject": container}
	}
	return jsonAnswer(http.StatusOK, container)
}

func foldQuery(query url.Values) map[string]string {
	folded := map[string]string{}
	for key := range query {
		folded[strings.ToLower(key)] = query.Get(key)
	}
	return folded
}

func number(query map[string]string, name string, otherwise int) (int, bool) {
	if query[name] == "" {
		return otherwise, true
	}
	n, err := strconv.ParseInt(query[name], 10, 32)
	return int(n), err == nil
}

func moment(query map[string]string, name string) (time.Time, bool) {
	if query[name] == "" {
		return time.Time{}, true
	}
	return parseMoment(strings.ReplaceAll(query[name], " ", "+"))
}

// index maps the waste id of each note to the note's own id.
func (r *Registry) index() map[string]string {
	ids := map[string]string{}
	for _, note := range r.Notes() {
		ids[note.AvfallID] = note.ID
	}
	return ids
}

// commonFields come out of the read model as they went in.
var commonFields = []string{
	"referens", "verksamhetsutovare", "verksamhetensNamn", "verksamhetensKontaktpersonNamn",
	"verksamhetensKontaktpersonEpost", "verksamhetensKontaktpersonTelefonnummer", "ombud", "ombudetsNamn",
	"ombudetsKontaktpersonNamn", "ombudetsKontaktpersonEpost", "ombudetsKontaktpersonTelefonnummer",
}

// readModel is a note as the test environment shows it; the type's own fields come as they were sent.
func (r *Registry) readModel(note Note, ids map[string]string) map[string]any {
	body, err := readObject(note.Body)
	if err != nil {
		body = object{}
	}
	kind, _ := findType(note.Path)
	known, _ := r.options.findWaste(note.Code)
	model := map[string]any{
		"id":                        note.ID,
		"anteckningsDatum":          body.get("tidpunkt"),
		"inkommenTidpunkt":          note.Received.Format(time.RFC3339Nano),
		"anteckningstyp":            r.options.number(kind),
		"anteckningstypBeskrivning": kind.name,
		"avfall": map[string]any{
			"avfallId": note.AvfallID, "kod": note.Code, "mangd": note.Kg, "farligt": known.hazardous,
			"foregaendeAvfallId": orNull(note.Predecessor), "avfallstypBeskrivning": known.text,
		},
		"foregaendeVersion":   orNull(ids[note.Replaces]),
		"foregaendeAvfallsid": orNull(note.Replaces),
		"validationMsg":       nil,
	}
	replacement := note.ReplacedBy
	if r.options.ErsattAvPointsBack {
		replacement = note.Replaces
	}
	model["ersattAv"], model["ersattAvAvfallsid"] = orNull(ids[replacement]), orNull(replacement)
	for _, name := range commonFields {
		model[name] = body.get(name)
	}
	for _, place := range kind.places {
		model[place.name] = body.get(place.name)
	}
	for _, field := range kind.fields {
		model[field.name] = body.get(field.name)
	}
	if note.Annulled != nil {
		model["makuleradOrsak"] = map[string]any{
			"kod": slices.Index(annulReasons, note.Annulled.Reason) + 1, "beskrivning": note.Annulled.Reason,
		}
		model["makuleradAv"] = note.Annulled.By
	}
	return model
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
