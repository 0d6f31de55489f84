package trackdechets

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"sluss"
)

// Calls about a BSDD by its opaque id, beside the steps that Submit files. Each
// is one request and one call of the quota, and means the same as Submit's:
// whatever happens after the first byte may have left is an Outcome; after an
// Unknown, BSDD (or FindBSDDs after a creation) says what became of it, and
// only who has read may act again. The errors are sluss.ErrNotSent and
// sluss.ErrOperator. The company is the SIRET (a foreign transporter's VAT
// number) whose token goes with the call. A rejection's fields are paths of a
// declaration; those of parties and legs are empty where the call has none.

// act takes one step on a BSDD. The answer must show one of the statuses, where
// any are given.
func (c *Client) act(ctx context.Context, company, name string, where places, do func(context.Context, *session) form, statuses ...string) (sluss.Outcome, sluss.Exchange, error) {
	return c.make(ctx, company, name, where, func(ctx context.Context, s *session) func() (sluss.Outcome, error) {
		f := do(ctx, s)
		return func() (sluss.Outcome, error) {
			if f.Id == "" || len(statuses) > 0 && !slices.Contains(statuses, f.Status) {
				return unknown("Trackdéchets answered without a BSDD that shows this step")
			}
			return f.accepted(f.UpdatedAt, s.reply.Ended), nil
		}
	})
}

// make makes one call that may change something.
func (c *Client) make(ctx context.Context, company, name string, where places, do func(context.Context, *session) func() (sluss.Outcome, error)) (sluss.Outcome, sluss.Exchange, error) {
	who, err := c.of(company)
	if err != nil {
		return sluss.Outcome{}, notMade(name), err
	}
	s := c.as(who, name)
	take := do(ctx, s)
	told, err := outcome(s.reply, where, take)
	return told, s.reply.exchange(), err
}

// took is the receipt of something that is no BSDD, by its id.
func took(s *session, id, status string, at time.Time) (sluss.Outcome, error) {
	if id == "" {
		return unknown("Trackdéchets answered without what it took")
	}
	if at.IsZero() {
		at = s.reply.Ended
	}
	return sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{Registry: sluss.Trackdechets, ID: id, Status: status, At: at}}, nil
}

// NotNowError says that a question had no answer, and when to ask again.
type NotNowError struct {
	Until     time.Time
	Throttled bool // by the register's quota: everybody must hold back until then
	Detail    string
}

// Error says when to ask again.
func (n *NotNowError) Error() string {
	return fmt.Sprintf("%s: ask again at %s", n.Detail, n.Until.Format(time.RFC3339))
}

// Outcome is the same as an outcome.
func (n *NotNowError) Outcome() sluss.Outcome {
	return sluss.Outcome{Kind: sluss.Deferred, NotBefore: n.Until, Throttled: n.Throttled, Detail: n.Detail}
}

// Unwrap makes it a sluss.ErrUnavailable.
func (n *NotNowError) Unwrap() error { return sluss.ErrUnavailable }

// ask makes one call that changes nothing. The errors are a *NotNowError,
// sluss.ErrAbsent, sluss.ErrNotSent and sluss.ErrOperator.
func (c *Client) ask(ctx context.Context, company, name string, do func(context.Context, *session) error) (*session, error) {
	who, err := c.of(company)
	if err != nil {
		return c.as(actor{}, name), err
	}
	s := c.as(who, name)
	return s, s.told(do(ctx, s))
}

// told is what a question's answer means that could, or could not, be read.
func (s *session) told(unread error) error {
	o, err := outcome(s.reply, places{}, func() (sluss.Outcome, error) {
		if unread != nil {
			return unknown("its answer cannot be read")
		}
		return sluss.Outcome{Kind: sluss.Accepted}, nil
	})
	o, err = readOnly(o, err, s.reply, s.call.actor)
	if err == nil && o.Kind == sluss.Deferred {
		err = &NotNowError{Until: o.NotBefore, Throttled: o.Throttled, Detail: o.Detail}
	}
	return err
}

// exchange is what to record of a call, also of one that was not made.
func (s *session) exchange() sluss.Exchange {
	if s.reply.Started.IsZero() {
		return notMade(s.call.name)
	}
	return s.reply.exchange()
}

// BSDD is where a document stands.
type BSDD struct {
	ID          string // opaque
	Number      string // as people read it
	CustomID    string // of the declaration, where it was made by us
	Status      string // DRAFT, SEALED, ..., in the register's words
	Verdict     string // ACCEPTED, REFUSED, PARTIALLY_REFUSED; empty: none yet
	DuplicateOf string // the number of the one that it was made from
	Created     time.Time
	Updated     time.Time
	// Carriers are the transporters in their order; only BSDD reads them.
	Carriers []Carrier
	// Raw is the document as it came, as far as it was read; only Changes keeps it.
	Raw json.RawMessage
}

// Carrier is a transporter on a BSDD, and when it took the waste over; zero: it
// has not.
type Carrier struct {
	ID      string // as of AddTransporter
	Company string // SIRET or VAT number
	Since   time.Time
}

func (f form) bsdd() BSDD {
	return BSDD{
		ID: f.Id, Number: f.ReadableId, CustomID: f.CustomId, Status: f.Status, Verdict: f.WasteAcceptationStatus, DuplicateOf: f.IsDuplicateOf,
		Created: time.Time(f.CreatedAt), Updated: time.Time(f.UpdatedAt),
	}
}

// BSDD reads one document by either of its ids. It changes nothing; the errors
// are a *NotNowError, sluss.ErrAbsent, sluss.ErrNotSent and sluss.ErrOperator.
func (c *Client) BSDD(ctx context.Context, company, id string) (BSDD, sluss.Exchange, error) {
	var read BSDD
	s, err := c.ask(ctx, company, "form", func(ctx context.Context, s *session) error {
		number := ""
		if readable(id) {
			id, number = "", id
		}
		told, err := readForm(ctx, s, id, number)
		if err == nil && told.Form.Id == "" {
			return errNoData
		}
		read = told.Form.bsdd()
		for _, t := range told.Form.Transporters {
			read.Carriers = append(read.Carriers, Carrier{t.Id, cmp.Or(t.Company.Siret, t.Company.VatNumber), time.Time(t.TakenOverAt)})
		}
		return err
	})
	return read, s.exchange(), err
}

// FindBSDDs lists the documents of a customId that the company is on, the newest
// first, at most 100. Errors as of BSDD; none there is no error.
func (c *Client) FindBSDDs(ctx context.Context, company, customID string) ([]BSDD, sluss.Exchange, error) {
	var found []BSDD
	s, err := c.ask(ctx, company, "forms", func(ctx context.Context, s *session) error {
		told, err := findForms(ctx, s, company, customID)
		for _, f := range told.Forms {
			found = append(found, f.bsdd())
		}
		return err
	})
	return found, s.exchange(), err
}
