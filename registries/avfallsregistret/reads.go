package avfallsregistret

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"sluss"
)

// Filed is a note as the registry's test environment reads it back.
type Filed struct {
	AvfallsID string           // of this version of the note
	Kind      sluss.ReportKind // empty if the registry does not tell it
	Noted     time.Time        // when the party made the note
	Received  time.Time        // when the registry had it
	Reference string
	Operator  string // organisation or VAT number of the party whose duty it is
	Agent     string // of the reporter, if that is another
	Code      string // six digits
	Mass      sluss.Mass
	// Preceding is the waste id of the note before this one on the waste's way.
	Preceding string
	// Replaces and ReplacedBy are the waste ids of the version before and after
	// this one. Which of the two the registry means by its ersattAv is not known,
	// so ReplacedBy may name the version before.
	Replaces, ReplacedBy string
	Annulled             AnnulReason // empty: it is not
}

// Read reads one note by its waste id, in the registry's test environment. The
// error is sluss.ErrAbsent if it has no such note of ours, sluss.ErrCannotAsk in
// production and where the answer cannot be understood, else sluss.ErrNotSent,
// sluss.ErrUnavailable or sluss.ErrOperator. It changes nothing.
func (c *Client) Read(ctx context.Context, avfallsID string) (Filed, sluss.Exchange, error) {
	now := time.Now()
	operation := "/anteckningar/" + avfallsID
	exchange := sluss.Exchange{Operation: http.MethodGet + " " + operation, Started: now, Ended: now}
	if !c.readable {
		return Filed{}, exchange, fmt.Errorf("%w: the registry reads notes back in its test environment only", sluss.ErrCannotAsk)
	}
	if faults := wasteIDFaults(avfallsID); faults != nil {
		return Filed{}, exchange, fmt.Errorf("%w: %s", sluss.ErrCannotAsk, faults[0].Message)
	}
	var read map[string]any
	r, err := c.ask(ctx, operation, nil, &read)
	if r.Status == http.StatusNotFound && registersOwn(r.Body) {
		return Filed{}, r.exchange(), fmt.Errorf("waste id %s: %w", avfallsID, sluss.ErrAbsent)
	}
	if err != nil {
		return Filed{}, r.exchange(), err
	}
	filed, err := readFiled(fold(read), c.zone)
	return filed, r.exchange(), err
}

// readFiled understands one note read back, whatever spelling its keys have.
func readFiled(read folded, zone *time.Location) (Filed, error) {
	waste := read.object("avfall")
	f := Filed{
		AvfallsID: waste.text("avfallId"), Reference: read.text("referens"),
		Operator: read.text("verksamhetsutovare"), Agent: read.text("ombud"),
		Code: bareCode(waste.text("kod")), Preceding: waste.text("foregaendeAvfallId"),
		Replaces: read.text("foregaendeAvfallsid"), ReplacedBy: read.text("ersattAvAvfallsid"),
	}
	f.Noted, _ = readMoment(read.text("anteckningsDatum"), zone)
	f.Received, _ = readMoment(read.text("inkommenTidpunkt"), zone)
	if may := readKinds(read); len(may) == 1 {
		f.Kind = may[0]
	}
	kg, _ := waste["mangd"].(float64)
	mass, err := sluss.ParseKilograms(fmt.Sprintf("%.3f", kg))
	f.Mass = mass
	if why := read.object("makuleradOrsak"); len(why) > 0 {
		if number, ok := why["kod"].(float64); ok && number >= 1 && int(number) <= len(annulReasons) {
			f.Annulled = annulReasons[int(number)-1]
		} else if number != 0 || why.text("beskrivning") != "" {
			f.Annulled = AnnulReason(why.text("beskrivning"))
		}
	}
	if err != nil || !validGUID(f.AvfallsID) {
		return Filed{}, fmt.Errorf("%w: its note cannot be read", sluss.ErrCannotAsk)
	}
	return f, nil
}

// readKinds are the kinds that a note read back may be of, by the fields that it
// has: the registry's own numbers and words for them are not known. Collectors'
// and treaters' notes of what leaves have the same fields, and are told apart by
// a hint in the words, if there is one. None: its fields do not tell.
func readKinds(read folded) []sluss.ReportKind {
	for _, sign := range []struct {
		field string
		note  sluss.ReportKind
	}{
		{"uppkomstplats", sluss.ReportRemoval},
		{"transportSlutplats", sluss.ReportTransport},
		{"kommandeHanteringsPlats", sluss.ReportCollection},
		{"behandlingsPlats", sluss.ReportReception},
		{"transaktionsDatum", sluss.ReportDeal},
		{"rapporteringsar", sluss.ReportTreatment},
	} {
		if read.has(sign.field) {
			return []sluss.ReportKind{sign.note}
		}
	}
	words := strings.ToLower(read.text("anteckningstypBeskrivning"))
	switch {
	case !read.has("mottagningsplats"):
		return nil
	case strings.Contains(words, "insaml"):
		return []sluss.ReportKind{sluss.ReportCollectionTransport}
	case strings.Contains(words, "behandl"):
		return []sluss.ReportKind{sluss.ReportForwarding}
	}
	return []sluss.ReportKind{sluss.ReportCollectionTransport, sluss.ReportForwarding}
}

// FindReplacement asks the registry's test environment whether it took a
// Replace whose outcome is Unknown, with the reservations of Find: Accepted holds
// the new waste id, sluss.ErrAbsent says that the note still stands as it was,
// and what is between is sluss.ErrCannotAsk, as everything is in production.
func (c *Client) FindReplacement(ctx context.Context, avfallsID string, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	return c.find(ctx, avfallsID, s)
}

// FindAnnulment asks the registry's test environment whether it took an Annul
// whose outcome is Unknown: Accepted if the note is annulled for that reason,
// sluss.ErrAbsent if it stands. Anything else is sluss.ErrCannotAsk, as
// everything is in production.
func (c *Client) FindAnnulment(ctx context.Context, avfallsID string, reason AnnulReason) (sluss.Outcome, sluss.Exchange, error) {
	f, exchange, err := c.Read(ctx, avfallsID)
	switch {
	case errors.Is(err, sluss.ErrAbsent):
		return sluss.Outcome{}, exchange, fmt.Errorf("%w: it has no note %s of ours", sluss.ErrCannotAsk, avfallsID)
	case errors.Is(err, sluss.ErrUnavailable):
		return notNow(exchange.Ended), exchange, nil
	case err != nil:
		return sluss.Outcome{}, exchange, err
	case f.Annulled == "":
		return sluss.Outcome{}, exchange, sluss.ErrAbsent
	case f.Annulled != reason:
		return sluss.Outcome{}, exchange, fmt.Errorf("%w: the note is annulled, but for another reason (%s): a person must look", sluss.ErrCannotAsk, f.Annulled)
	}
	return sluss.Outcome{
		Kind: sluss.Accepted, Detail: "the registry had it when asked",
		Receipt: &sluss.Receipt{Registry: sluss.Avfallsregistret, ID: avfallsID, Status: statusAnnulled, At: exchange.Ended},
	}, exchange, nil
}

// notNow is the outcome of a question that got no answer.
func notNow(asked time.Time) sluss.Outcome {
	return sluss.Outcome{Kind: sluss.Deferred, NotBefore: asked.Add(askAgain), Detail: "the registry could not say what it has"}
}
