package avfallsregistret

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// felsvar is the registry's own error: every fault at once.
func (r *Registry) felsvar(found []fault) *answer {
	key := func(name string) string { return name }
	if r.options.ErrorCasing == PascalCase {
		key = func(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
	}
	list := make([]map[string]any, len(found))
	for i, f := range found {
		list[i] = map[string]any{key("code"): f.code, key("message"): f.text}
	}
	return jsonAnswer(http.StatusBadRequest, map[string]any{
		key("title"):      "InputValidationException",
		key("statusCode"): http.StatusBadRequest,
		key("message"):    "Ett eller flera valideringsfel har inträffat.",
		key("traceId"):    uuid.NewString(),
		key("errors"):     list,
	})
}

func (r *Registry) problem(status int, title, detail string) *answer {
	reply := jsonAnswer(status, map[string]any{
		"type": "https://tools.ietf.org/html/rfc7231#section-6.5", "title": title, "status": status, "detail": detail,
	})
	if r.options.PlainProblems {
		reply.contentType = "text/plain; charset=utf-8"
	}
	return reply
}

func catalogued(code int) []fault { return []fault{{code, errorTexts()[code][0]}} }

// object reads the body of a write; the answer is nil where it is one JSON object.
func (r *Registry) object(c call) (object, *answer) {
	kind, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" && kind != "text/json" {
		return nil, r.problem(http.StatusUnsupportedMediaType, "Unsupported Media Type", "Content-Type must be application/json")
	}
	body, err := readObject(c.body)
	if err != nil {
		return nil, r.felsvar([]fault{{1000, "Valideringsfel. The body is " + err.Error()}})
	}
	return body, nil
}

func (r *Registry) create(c call, kind noteType) *answer {
	body, refusal := r.object(c)
	if refusal != nil {
		return refusal
	}
	if found := validate(r.options, kind, c.reporter, body); len(found) > 0 {
		return r.felsvar(found)
	}
	return r.enter(c, kind, body, "")
}

// correct takes the whole body as a new version of the note with the waste id. Whether that note can be corrected is
// looked at once the body has no fault.
func (r *Registry) correct(c call, kind noteType, id string) *answer {
	body, refusal := r.object(c)
	if refusal != nil {
		return refusal
	}
	found := validate(r.options, kind, c.reporter, body)
	switch {
	case id == "":
		found = append(found, catalogued(1117)...)
	case !guid(id):
		found = append(found, catalogued(1118)...)
	}
	if len(found) > 0 {
		return r.felsvar(found)
	}
	return r.enter(c, kind, body, strings.ToLower(id))
}

// enter puts the note in the records; replaces is the waste id of the note it corrects, or empty.
func (r *Registry) enter(c call, kind noteType, body object, replaces string) *answer {
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	if replaces != "" {
		if refusal := r.unchangeable(c, kind, replaces); refusal != nil {
			return refusal
		}
	}
	if waste, _ := body.get("avfall").(object); !r.linked(waste) {
		return r.felsvar(catalogued(1091))
	}
	note, err := r.note(c, kind, body)
	if err != nil {
		return r.felsvar([]fault{{1000, "Okänt fel."}})
	}
	note.Replaces = replaces
	if err := r.log.enter(entry{Note: note}); err != nil {
		return r.problem(http.StatusInternalServerError, "Internal Server Error", err.Error())
	}
	reply := jsonAnswer(r.options.SuccessStatus, map[string]string{r.options.SuccessKey: note.AvfallID})
	reply.effect = true
	return reply
}

// unchangeable is why the note with that waste id cannot be corrected by one of the kind; nil if it can.
func (r *Registry) unchangeable(c call, kind noteType, id string) *answer {
	old := r.log.byID[id]
	code := 0
	switch {
	case old != nil && !old.ownedBy(c.reporter) && r.options.ForbidOthers:
		return r.problem(http.StatusForbidden, "Forbidden", "the note is another company's")
	case old == nil || !old.ownedBy(c.reporter):
		code = 1116
	case old.Path != kind.path:
		code = 3023
	case old.ReplacedBy != "", old.Annulled != nil && !r.options.CorrectAnnulled, r.tooLate(old):
		code = 3022
	default:
		return nil
	}
	reply := r.felsvar(catalogued(code))
	reply.status = r.options.ChangeStatus
	return reply
}

func (r *Registry) tooLate(note *Note) bool {
	return r.options.ChangeWithin > 0 && r.options.Now().After(note.Received.Add(r.options.ChangeWithin))
}

// linked says whether the id of the preceding note, if there is one, is one that the options let pass.
func (r *Registry) linked(waste object) bool {
	id, named := waste.text("foregaendeAvfallId")
	before := r.log.byID[strings.ToLower(id)]
	switch r.options.Links {
	case LinksToNotes:
		return !named || before != nil
	case LinksToCurrentNotes:
		return !named || before != nil && before.Current()
	case LinksUnchecked:
	}
	return true
}

func (r *Registry) note(c call, kind noteType, body object) (*Note, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, c.body); err != nil {
		return nil, err
	}
	note := &Note{
		AvfallID: uuid.NewString(), ID: uuid.NewString(), Type: kind.name, Path: kind.path, Body: compact.Bytes(),
		Reporter: c.reporter, SystemID: c.Header.Get(systemHeader), TrackingID: c.Header.Get(trackingHeader),
		Received: r.options.Now(),
	}
	waste, _ := body.get("avfall").(object)
	note.Operator, _ = body.text("verksamhetsutovare")
	note.Agent, _ = body.text("ombud")
	note.Referens, _ = body.text("referens")
	note.Code, _ = waste.text("kod")
	note.Predecessor, _ = waste.text("foregaendeAvfallId")
	_, note.Kg = kilograms(waste.get("mangd"))
	return note, nil
}

// ownedBy says whether the reporter is the note's operator or agent: others do not see it.
func (n *Note) ownedBy(reporter string) bool {
	return reporter != "" && (n.Operator == reporter || n.Agent == reporter)
}

// annulReasons are in the order of their numbers in the read model, from 1.
var annulReasons = []string{"FelAvfall", "FelAnteckningstyp", "FelVU", "SkickatDubbelt"}

func (r *Registry) annul(c call) *answer {
	body, err := readObject(c.body)
	if err != nil {
		return r.problem(http.StatusBadRequest, "Bad Request", "the body is "+err.Error())
	}
	id, _ := body.text("avfallsId")
	reason, _ := body.text("makuleringsorsak")
	var wrong []error
	if !guid(id) {
		wrong = append(wrong, errors.New("avfallsId must be a GUID"))
	}
	if !slices.Contains(annulReasons, reason) {
		wrong = append(wrong, errors.New("makuleringsorsak must be one of "+strings.Join(annulReasons, ", ")))
	}
	if err := errors.Join(wrong...); err != nil {
		return r.problem(http.StatusBadRequest, "Bad Request", err.Error())
	}
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	id = strings.ToLower(id)
	note := r.log.byID[id]
	switch {
	case note != nil && !note.ownedBy(c.reporter) && r.options.ForbidOthers:
		return r.problem(http.StatusForbidden, "Forbidden", "the note is another company's")
	case note == nil || !note.ownedBy(c.reporter):
		return r.problem(http.StatusBadRequest, "Bad Request", "the note is unknown")
	case r.tooLate(note):
		return r.problem(http.StatusBadRequest, "Bad Request", "the note is too old to be annulled")
	case !note.Current() && !r.options.AnnulAnyVersion:
		return r.problem(http.StatusBadRequest, "Bad Request", "the note is superseded or annulled")
	}
	entered := entry{Annul: &annulment{id, Annulment{Reason: reason, By: c.reporter, At: r.options.Now()}}}
	if err := r.log.enter(entered); err != nil {
		return r.problem(http.StatusInternalServerError, "Internal Server Error", err.Error())
	}
	return &answer{status: http.StatusOK, effect: true}
}
