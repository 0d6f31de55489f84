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
	Kind      sluss.ReportKind // empty if it cannot be determined
	Noted     time.Time        // when the party made the note
	Received  time.Time        // when the registry received it
	Reference string
	Operator  string // organisation or VAT number of the party whose duty it is
	Agent     string // organisation number of the reporter, if that is another party
	Code      string // six digits
	Mass      sluss.Mass
	// Preceding is the waste id of the note that precedes this one on the waste's
	// route.
	Preceding string
	// Replaces and ReplacedBy are the waste ids of the versions before and after
	// this one. It is not known which of the two the registry means by ersattAv,
	// so ReplacedBy may be the version before.
	Replaces, ReplacedBy string
	Annulled             AnnulReason // empty: it is not annulled
}

// Read reads one note by its waste id from the registry's test environment. The
// error is sluss.ErrAbsent if it has no such note of ours, sluss.ErrCannotAsk in
// production and if the answer cannot be understood, otherwise sluss.ErrNotSent,
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

// readFiled decodes one note read back, whatever the case of its keys.
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

// readKinds returns the kinds that a note read back may have. It goes by the fields
// of the note, since the registry's numbers and names of the kinds are not known.
// The notes of collectors and treaters on departing waste have the same fields, and
// are distinguished by the description of the kind if it gives a hint. The result
// is empty if the fields do not decide.
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

// FindReplacement asks the registry's test environment whether it accepted a
// Replace whose outcome is Unknown, by the same rules as Find. Accepted holds the
// new waste id; sluss.ErrAbsent means that the note is unchanged; anything in
// between, and everything in production, is sluss.ErrCannotAsk.
func (c *Client) FindReplacement(ctx context.Context, avfallsID string, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	return c.find(ctx, avfallsID, s)
}

// FindAnnulment asks the registry's test environment whether it accepted an Annul
// whose outcome is Unknown. The outcome is Accepted if the note is annulled for that
// reason; the error is sluss.ErrAbsent if it is not annulled. Anything else, and
// everything in production, is sluss.ErrCannotAsk.
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

// notNow is the outcome of a query that got no answer.
func notNow(asked time.Time) sluss.Outcome {
	return sluss.Outcome{Kind: sluss.Deferred, NotBefore: asked.Add(askAgain), Detail: "the registry could not say what it has"}
}
