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

// kind is one of the registry's kinds of notes: a row is all there is to it.
type kind struct {
	resource string
	of       subject
	fill     func(w *writer) any
}

// subject is what of a batch a kind of note is about.
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

// lacks says what the kind is about and the content does not hold; empty if it
// holds it.
func (k kind) lacks(c sluss.Content) string {
	legs, leg, deal := len(c.Declaration.Legs), c.Obligation.Leg, c.Obligation.Deal
	switch {
	case k.of == ofResult && c.Result == nil:
		return "is of a quarter's result, and there is none"
	case k.of == ofDeal && (deal < 1 || deal > len(c.Declaration.Deals)):
		return fmt.Sprintf("is of deal %d, and the declaration has %d", deal, len(c.Declaration.Deals))
	case k.of == ofLeg && leg == 0, k.of <= ofLeg && (legs == 0 || leg < 0 || leg > legs):
		return fmt.Sprintf("is of leg %d, and the declaration has %d", leg, legs)
	}
	return ""
}

// message is a note in the registry's words, and the way back from them.
type message struct {
	what   sluss.ReportKind
	kind   kind
	note   anteckning
	body   []byte
	fields map[string]string // the registry's field -> path in the declaration that it comes from
	places map[string]sluss.Place
	// reasons are why it cannot be sent as it is.
	reasons  []sluss.Reason
	replaces string // the waste id of the note that it corrects
	annuls   string // the waste id of the note that it annuls; it is then no note itself
}

// writer turns a content into a message. What it cannot do without it notes in
// err; that is a fault of the program, not of the data.
type writer struct {
	message

	content  sluss.Content
	reporter sluss.Party
	zone     *time.Location
	err      error
}

// message words the content's obligation for the registry.
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

// about is whose note it is, of what, when, and what it comes after.
type about struct {
	operator sluss.Party
	path     string // of the operator
	noted    string // see writer.noted
	waste
	reference, preceding string
}

// waste is what a note is of, with the paths that it comes from.
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

// received is the waste of the declaration in the quantity that came.
func (w *writer) received() waste {
	of := w.declared()
	if received, ok := w.content.Event(sluss.Received); ok && received.Mass != 0 {
		of.mass, of.massField = received.Mass, ""
	}
	return of
}

// common is what every note of an event holds. The duty is the operator's, found
// in the declaration at path. The note comes after those of the legs up to the
// given one, counted from 1.
func (w *writer) common(operator sluss.Party, path string, of waste, leg int) anteckning {
	return w.worded(about{
		operator: operator, path: path, noted: w.noted(), waste: of,
		reference: w.content.Declaration.Reference, preceding: w.preceding(leg),
	})
}

// worded is what every note holds; the agent stands in it if the operator is not
// the reporter.
func (w *writer) worded(a about) anteckning {
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

// noted is when the party made its note: at the event, but never later than
// the law lets it.
func (w *writer) noted() string {
	event, ok := w.content.Happened(w.content.Obligation.Event)
	if !ok {
		w.lack(w.content.Obligation.Event)
	}
	return w.notedAt(event.At)
}

func (w *writer) notedAt(moment time.Time) string {
	if by := w.content.Obligation.ReportBy; !by.IsZero() && by.Before(moment) {
		return w.time(by)
	}
	return w.time(moment)
}

func (w *writer) happened(id string) string {
	event, ok := w.content.Happened(id)
	if !ok {
		w.lack(id)
	}
	return w.time(event.At)
}

func (w *writer) lack(event string) {
	w.err = errors.Join(w.err, fmt.Errorf("the content does not hold the event %q", event))
}

// time is Swedish local time with its offset, to the second.
func (w *writer) time(moment time.Time) string { return moment.In(w.zone).Format(time.RFC3339) }

// preceding is the waste id of the nearest note before this one that came in:
// that which the obligation waits for, else of the legs up to the given one,
// counted from 1, else of the removal; where there is none to wait for, what the
// company that handed the waste over has told. An id that a person typed in and
// that is no GUID is left out, since the link is optional and the registry
// refuses others.
func (w *writer) preceding(leg int) string {
	o := w.content.Obligation
	nearest := slices.Clone(o.After)
	slices.Reverse(nearest)
	for ; leg > 0; leg-- {
		nearest = append(nearest, fmt.Sprintf("se.transport#%d", leg))
	}
	for _, id := range append(nearest, "se.removal") {
		if receipt, ok := w.content.Receipts[id]; ok && validGUID(receipt.ID) && o.ID != id {
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

// at is a path in the declaration below leg number i, counted from 0.
func at(i int, below string) string { return fmt.Sprintf("legs.%d.%s", i, below) }
