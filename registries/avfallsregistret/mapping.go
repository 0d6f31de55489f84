package avfallsregistret

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"sluss"
)

// kind is one of the register's kinds of notes: a row is all there is to it.
type kind struct {
	resource string
	telling  string // the field that no other kind has; it tells the kind of a note read back
	fill     func(w *writer) any
}

var kinds = map[sluss.Note]kind{
	sluss.NoteRemoval:   {"transportplaneringar", "uppkomstplats", (*writer).removal},
	sluss.NoteTransport: {"transporter", "transportSlutplats", (*writer).transport},
	sluss.NoteReception: {"behandlingsmottaganden", "behandlingsPlats", (*writer).reception},
}

// message is a note in the register's words, and the way back from them.
type message struct {
	kind   kind
	note   anteckning
	body   []byte
	fields map[string]string // the register's field -> path in the declaration that it comes from
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

// message words the content's obligation for the register.
func (c *Client) message(content sluss.Content) (message, error) {
	kind, known := kinds[content.Obligation.Note]
	if !known {
		return message{}, fmt.Errorf("%w: the Swedish register has no note %q, or Sluss does not file it yet", sluss.ErrOperator, content.Obligation.Note)
	}
	legs := len(content.Declaration.Legs)
	if leg := content.Obligation.Leg; legs == 0 || leg < 0 || leg > legs || leg == 0 && content.Obligation.Note == sluss.NoteTransport {
		return message{kind: kind}, fmt.Errorf("%w: obligation %s is of leg %d, and the declaration has %d", sluss.ErrOperator, content.Obligation.ID, leg, legs)
	}
	w := &writer{
		message: message{kind: kind, fields: map[string]string{}, places: map[string]sluss.Place{}},
		content: content, reporter: c.reporter, zone: c.zone,
	}
	body, err := json.Marshal(kind.fill(w))
	if err = errors.Join(w.err, err); err != nil {
		return message{kind: kind}, fmt.Errorf("%w: obligation %s: %w", sluss.ErrOperator, content.Obligation.ID, err)
	}
	w.body = body
	return w.message, nil
}

// removal is the producer's note of ch. 6 § 1. Its new holder is "the recipient
// and the place where the waste is handled other than by transport or
// reloading", so the receiver, however many transporters there are on the way.
func (w *writer) removal() any {
	d := w.content.Declaration
	last := len(d.Legs) - 1
	note := transportplanering{
		anteckning:         w.common(d.Producer, "producer", d.Waste.Mass, "waste.mass", 0),
		BorttransportDatum: w.happened(sluss.Departure(1)),
		Transportor:        w.party("transportor", d.Legs[0].Transporter, at(0, "transporter")),
		NyInnehavare:       w.party("nyInnehavare", d.Receiver, "receiver"),
		Mottagningsplats:   w.place("mottagningsplats", d.Legs[last].To, at(last, "to")),
		Transportsatt:      w.mode(0),
		Uppkomstplats:      w.place("uppkomstplats", d.Legs[0].From, at(0, "from")),
		CfarNR:             "SAKNAS",
	}
	w.fields["cfarNR"] = at(0, "from.establishment")
	if number := d.Legs[0].From.Establishment; number != "" {
		note.CfarNR = number
	}
	return note
}

// transport is the note of one leg's transporter of ch. 6 § 2: from whom and
// where, to whom and where.
func (w *writer) transport() any {
	d, leg := w.content.Declaration, w.content.Obligation.Leg
	i := leg - 1
	return transport{
		anteckning:          w.common(d.Legs[i].Transporter, at(i, "transporter"), d.Waste.Mass, "waste.mass", i),
		TidigareInnehavare:  w.party("tidigareInnehavare", d.Consignor(leg), consignor(d, leg)),
		NyInnehavare:        w.party("nyInnehavare", d.Consignee(leg), consignee(d, leg)),
		TransportStartDatum: w.happened(sluss.Departure(leg)),
		TransportStartplats: w.place("transportStartplats", d.Legs[i].From, at(i, "from")),
		TransportSlutplats:  w.place("transportSlutplats", d.Legs[i].To, at(i, "to")),
		Transportsatt:       w.mode(i),
	}
}

// reception is the treater's note of ch. 6 § 5 p. 1: "who last handled the waste
// and where". That is read here as who handed it over at the start of the last
// leg, and that place; not as who drove it to the gate, whose own note of § 2
// says that, and who has no place of handling. The two places of the note then
// are the two ends of the last leg, as in the transporter's note before it.
func (w *writer) reception() any {
	d := w.content.Declaration
	leg := len(d.Legs)
	mass, field := d.Waste.Mass, "waste.mass"
	if received, ok := w.content.Event(sluss.Received); ok && received.Mass != 0 {
		mass, field = received.Mass, ""
	}
	return behandlingsmottagning{
		anteckning:             w.common(d.Receiver, "receiver", mass, field, leg),
		MottagningsDatum:       w.happened(sluss.EventID(sluss.Received, 0)),
		TidigareInnehavare:     w.party("tidigareInnehavare", d.Consignor(leg), consignor(d, leg)),
		SenasteHanteringsplats: w.place("senasteHanteringsplats", d.Legs[leg-1].From, at(leg-1, "from")),
		BehandlingsPlats:       w.place("behandlingsPlats", d.Legs[leg-1].To, at(leg-1, "to")),
	}
}

// common is what every note holds. The duty is the operator's, found in the
// declaration at path; the agent stands in it if that is not the reporter. The
// note comes after those of the legs up to the given one, counted from 1.
func (w *writer) common(operator sluss.Party, path string, mass sluss.Mass, massField string, leg int) anteckning {
	d := w.content.Declaration
	note := anteckning{
		Tidpunkt:                                w.noted(),
		Verksamhetsutovare:                      w.party("verksamhetsutovare", operator, path),
		VerksamhetensNamn:                       operator.Name,
		VerksamhetensKontaktpersonNamn:          operator.Contact.Name,
		VerksamhetensKontaktpersonEpost:         operator.Contact.Email,
		VerksamhetensKontaktpersonTelefonnummer: operator.Contact.Phone,
		Referens:                                d.Reference,
		Avfall: avfall{
			Kod:                bareCode(d.Waste.Code),
			Mangd:              mass,
			ForegaendeAvfallID: w.preceding(leg),
		},
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
		w.fields[field] = path + below
	}
	w.fields["referens"], w.fields["avfall.kod"], w.fields["avfall.mangd"] = "reference", "waste.code", massField
	w.note = note
	return note
}

// noted is when the party made its note: at the event, but never later than
// the law lets it.
func (w *writer) noted() string {
	o := w.content.Obligation
	event, ok := w.content.Happened(o.Event)
	if !ok {
		w.lack(o.Event)
	}
	if !o.NoteBy.IsZero() && o.NoteBy.Before(event.At) {
		return w.time(o.NoteBy)
	}
	return w.time(event.At)
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
// of the legs up to the given one, counted from 1, else of the removal. An id
// that a person typed in and that is no GUID is left out, since the link is
// optional and the register refuses others.
func (w *writer) preceding(leg int) string {
	for ; leg >= 0; leg-- {
		id := fmt.Sprintf("se.transport#%d", leg)
		if leg == 0 {
			id = "se.removal"
		}
		if receipt, ok := w.content.Receipts[id]; ok && validGUID(receipt.ID) && w.content.Obligation.ID != id {
			return receipt.ID
		}
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
