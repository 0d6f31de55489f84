package avfallsregistret

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"sluss"
)

// kind is one of the registry's kinds of notes. A row of kinds defines it.
type kind struct {
	resource string
	of       subject
	fill     func(w *writer) any
}

// subject is the part of a batch that a kind of note is about.
type subject int

const (
	ofBatch subject = iota
	ofLeg
	ofDeal
	ofResult
)

var kinds = map[sluss.ReportKind]kind{
	sluss.ReportRemoval:             {"transportplaneringar", ofBatch, (*writer).removal},
	sluss.ReportTransport:           {"transporter", ofLeg, (*writer).transport},
	sluss.ReportCollection:          {"insamlingar", ofBatch, (*writer).collection},
	sluss.ReportCollectionTransport: {"insamlingstransport", ofBatch, (*writer).collectionTransport},
	sluss.ReportDeal:                {"handel", ofDeal, (*writer).deal},
	sluss.ReportReception:           {"behandlingsmottaganden", ofBatch, (*writer).reception},
	sluss.ReportTreatment:           {"behandlingsresultat", ofResult, (*writer).result},
	sluss.ReportForwarding:          {"behandlingsoverlamningar", ofBatch, (*writer).forwarding},
}

// lacks says which subject of the kind is missing from the content; empty if none
// is.
func (k kind) lacks(c sluss.Content) string {
	legs, leg, deal := len(c.Declaration.Legs), c.Obligation.Leg, c.Obligation.Deal
	switch {
	case k.of == ofResult && c.Result == nil:
		return "is about a quarterly result, and there is none"
	case k.of == ofDeal && (deal < 1 || deal > len(c.Declaration.Deals)):
		return fmt.Sprintf("is about deal %d, and the declaration has %d", deal, len(c.Declaration.Deals))
	case k.of == ofLeg && leg == 0, k.of <= ofLeg && (legs == 0 || leg < 0 || leg > legs):
		return fmt.Sprintf("is about leg %d, and the declaration has %d", leg, legs)
	}
	return ""
}

// message is a note as the registry wants it, with what is needed to translate the
// registry's answer back.
type message struct {
	what   sluss.ReportKind
	kind   kind
	note   anteckning
	body   []byte
	fields map[string]string // the registry's field -> the path in the declaration that its value comes from
	places map[string]sluss.Place
	// reasons are why it cannot be sent; empty if it can.
	reasons  []sluss.Reason
	replaces string // the waste id of the note that it corrects
	annuls   string // the waste id of the note that it annuls; the message is then no note itself
}

// writer turns a content into a message. It collects in err what is missing from
// the content; that is a fault of the program, not of the data.
type writer struct {
	message

	content  sluss.Content
	reporter sluss.Party
	zone     *time.Location
	err      error
}

// message makes the registry's note of the content's obligation.
func (c *Client) message(content sluss.Content) (message, error) {
	kind, known := kinds[content.Obligation.Report]
	if !known {
		return message{}, fmt.Errorf("%w: the Swedish registry has no note %q", sluss.ErrOperator, content.Obligation.Report)
	}
	if lacking := kind.lacks(content); lacking != "" {
		return message{kind: kind}, fmt.Errorf("%w: obligation %s %s", sluss.ErrOperator, content.Obligation.ID, lacking)
	}
	w := &writer{
		message: message{what: content.Obligation.Report, kind: kind, fields: map[string]string{}, places: map[string]sluss.Place{}},
		content: content, reporter: c.reporter, zone: c.zone,
	}
	body, err := json.Marshal(kind.fill(w))
	if err = errors.Join(w.err, err); err != nil {
		return message{kind: kind}, fmt.Errorf("%w: obligation %s: %w", sluss.ErrOperator, content.Obligation.ID, err)
	}
	w.body = body
	return w.message, nil
}

// about is whose note it is, about what waste, from when, and which note it
// follows.
type about struct {
	operator sluss.Party
	path     string // of the operator
	noted    string // the time of the note; see writer.noted
	waste
	reference, preceding string
}

// waste is the waste of a note, with the paths that code and mass come from.
type waste struct {
	code, codeField string
	mass            sluss.Mass
	massField       string
}

// declared is the waste of the declaration.
func (w *writer) declared() waste {
	d := w.content.Declaration
	return waste{d.Waste.Code, "waste.code", d.Waste.Mass, "waste.mass"}
}

// received is the waste of the declaration with the mass that was received, without the
// part of it that was refused.
func (w *writer) received() waste {
	of := w.declared()
	if received, ok := w.content.Event(sluss.Received); ok && received.Mass != 0 {
		of.mass, of.massField = received.Mass, ""
		if taken, ok := w.content.Happened(sluss.EventID(sluss.WasteAccepted)); ok {
			of.mass -= taken.RefusedMass
		}
	}
	return of
}

// common holds the fields of every note of an event. The operator, found in the
// declaration at path, is the party with the duty. The note follows those of the
// legs up to the given one, counted from 1.
func (w *writer) common(operator sluss.Party, path string, of waste, leg int) anteckning {
	return w.newNote(about{
		operator: operator, path: path, noted: w.noted(), waste: of,
		reference: w.content.Declaration.Reference, preceding: w.preceding(leg),
	})
}

// newNote holds the fields that all notes have in common. It names the reporter as
// agent if the operator is somebody else, and gives a reason not to send it if the operator
// wants no agent.
func (w *writer) newNote(a about) anteckning {
	operator := a.operator
	note := anteckning{
		Tidpunkt:                                a.noted,
		Verksamhetsutovare:                      w.party("verksamhetsutovare", operator, a.path),
		VerksamhetensNamn:                       operator.Name,
		VerksamhetensKontaktpersonNamn:          operator.Contact.Name,
		VerksamhetensKontaktpersonEpost:         operator.Contact.Email,
		VerksamhetensKontaktpersonTelefonnummer: operator.Contact.Phone,
		Referens:                                a.reference,
		Avfall:                                  avfall{Kod: bareCode(a.code), Mangd: a.mass, ForegaendeAvfallID: a.preceding},
	}
	if agent := w.reporter; note.Verksamhetsutovare != agent.ID {
		if w.content.Obligation.Own && agent.ID != "" {
			w.reasons = append(w.reasons, sluss.Reason{
				Field: a.path + ".id", Message: "the mandate of this party is for its own certificate, and ours is another company's",
				Remedy: "let the party report itself (`starter duty BATCH OBLIGATION theirs`), or enter its mandate to report as its agent (`starter mandate add … --as agent`) and declare the batch anew",
			})
		}
		note.Ombud = agent.ID
		note.OmbudetsNamn = agent.Name
		note.OmbudetsKontaktpersonNamn = agent.Contact.Name
		note.OmbudetsKontaktpersonEpost = agent.Contact.Email
		note.OmbudetsKontaktpersonTelefonnummer = agent.Contact.Phone
	}
	for field, below := range map[string]string{
		"verksamhetensNamn": ".name", "verksamhetensKontaktpersonNamn": ".contact.name",
		"verksamhetensKontaktpersonEpost": ".contact.email", "verksamhetensKontaktpersonTelefonnummer": ".contact.phone",
	} {
		w.fields[field] = a.path + below
	}
	w.fields["referens"], w.fields["avfall.kod"], w.fields["avfall.mangd"] = "reference", a.codeField, a.massField
	w.note = note
	return note
}

// noted is when the party wrote down the event: a late note says that it is late, and
// one that is sent late does not. A correction of a note does not change it, unless it
// is what was wrong. Of an event that is only planned it is the time of the event.
func (w *writer) noted() string {
	about := w.content.Obligation.Event
	switch w.content.Obligation.Report { //nolint:exhaustive // the others follow from what they tell of
	case sluss.ReportReception, sluss.ReportCollection: // and not of the verdict, which decides whether they are owed
		about = sluss.EventID(sluss.Received)
	}
	event, ok := w.content.Happened(about)
	if !ok {
		w.lack(about)
	}
	w.fields["tidpunkt"] = "events." + string(event.ID()) + ".noted_at"
	if event.NotedAt.IsZero() {
		return w.time(event.At)
	}
	return w.time(event.NotedAt)
}

// notedDeal is when the declaration was written down, which tells of the deal; but not
// before the deal.
func (w *writer) notedDeal(at time.Time) string {
	if event, ok := w.content.Happened(w.content.Obligation.Event); ok && event.NotedAt.After(at) {
		return w.noted()
	}
	return w.time(at)
}

// happened is when the event was, in the registry's field of that name.
func (w *writer) happened(field string, id sluss.EventID) string {
	event, ok := w.content.Happened(id)
	if !ok {
		w.lack(id)
	}
	w.fields[field] = "events." + string(id) + ".at"
	return w.time(event.At)
}

func (w *writer) lack(event sluss.EventID) {
	w.err = errors.Join(w.err, fmt.Errorf("the content does not hold the event %q", event))
}

// time formats a moment as Swedish local time with its offset, to the second.
func (w *writer) time(moment time.Time) string { return moment.In(w.zone).Format(time.RFC3339) }

// preceding is the waste id of the nearest earlier note that has a receipt. The
// notes are tried in this order: those that the obligation waits for, those of the
// legs from the given one (counted from 1) down to the first, the removal. If the
// obligation waits for none, the id that the company gave which handed the waste
// over comes last. An id that a person typed in is left out if it is no GUID,
// since the link is optional and the registry refuses any other id.
func (w *writer) preceding(leg int) string {
	o := w.content.Obligation
	nearest := slices.Clone(o.After)
	slices.Reverse(nearest)
	for ; leg > 0; leg-- {
		nearest = append(nearest, string(sluss.NewObligationID("se.transport", leg)))
	}
	for _, id := range append(nearest, "se.removal") {
		if receipt, ok := w.content.Receipts[id]; ok && validGUID(receipt.ID) && o.ID != sluss.ObligationID(id) {
			return receipt.ID
		}
	}
	if told := w.content.Declaration.Precursor().Receipt; len(o.After) == 0 && validGUID(told) {
		return told
	}
	return ""
}

func (w *writer) mode(i int) string {
	w.fields["transportsatt"] = at(i, "mode")
	return transportsatt[w.content.Declaration.Legs[i].Mode]
}

// bareCode is a waste code in six digits, without spaces and star.
func bareCode(text string) string { return strings.NewReplacer(" ", "", "*", "").Replace(text) }

func validGUID(text string) bool {
	return len(text) == 36 && uuid.Validate(text) == nil && text != uuid.Nil.String()
}

// at is a path in the declaration below leg i, counted from 0.
func at(i int, below string) string { return fmt.Sprintf("legs.%d.%s", i, below) }
