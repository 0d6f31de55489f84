package trackdechets

import (
	"context"
	"fmt"
	"time"

	"sluss"
)

// SecurityCode is a company's code of four digits, with which it signs on
// somebody else's device; 0 is none. It is a secret, and a wrong one counts:
// the third try within half an hour locks the company's signing, be it right or
// not. So a call with a code is never made again but by a person who enters it
// again, after an Unknown only once BSDD has shown that nothing was signed. It
// stands in no Exchange, and fmt does not print it; do not keep it in a
// workflow's history either.
type SecurityCode int

// Format prints stars, whatever the verb.
func (SecurityCode) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("****")) }

// Emission is the emitter's signature, or the storer's on what it sends on.
type Emission struct {
	Packagings []sluss.Packaging
	Mass       sluss.Mass
	UN         string
	Plates     []string
	By         string
	At         time.Time
	Code       SecurityCode // of the emitter, where the token is another company's
}

// SignEmission signs what leaves: SIGNED_BY_PRODUCER, after a temporary storage
// SIGNED_BY_TEMP_STORER.
func (c *Client) SignEmission(ctx context.Context, company, bsdd string, e Emission) (sluss.Outcome, sluss.Exchange, error) {
	input := emission{
		PackagingInfos: packagingsOf(e.Packagings), Quantity: tonnes(e.Mass), ONUCode: text(e.UN),
		TransporterNumberPlate: joined(e.Plates), EmittedAt: dateTime(e.At), EmittedBy: e.By,
	}
	return c.act(ctx, company, "signEmissionForm", places{}, func(ctx context.Context, s *session) form {
		told, _ := signEmission(ctx, s, bsdd, input, e.Code)
		return told.SignEmissionForm
	}, "SIGNED_BY_PRODUCER", "SIGNED_BY_TEMP_STORER", "SENT")
}

// TakeOver is a transporter's signature.
type TakeOver struct {
	Mode    sluss.Mode
	Plates  []string
	Contact sluss.Contact
	By      string
	At      time.Time
	Code    SecurityCode // of the transporter, where the token is another company's
}

// SignTransport signs that the next transporter has taken the waste over: SENT,
// after a temporary storage RESENT. Several transporters sign in their order,
// each leaving the BSDD SENT.
func (c *Client) SignTransport(ctx context.Context, company, bsdd string, t TakeOver) (sluss.Outcome, sluss.Exchange, error) {
	input := takeOver{
		TakenOverAt: dateTime(t.At), TakenOverBy: t.By, TransporterNumberPlate: joined(t.Plates), TransporterTransportMode: mode(t.Mode),
		TransporterCompanyContact: text(t.Contact.Name), TransporterCompanyMail: text(t.Contact.Email), TransporterCompanyPhone: text(t.Contact.Phone),
	}
	return c.act(ctx, company, "signTransportForm", places{}, func(ctx context.Context, s *session) form {
		told, _ := signTransport(ctx, s, bsdd, input, t.Code)
		return told.SignTransportForm
	}, "SENT", "RESENT")
}

// Arrival is what came, before anybody has judged it.
type Arrival struct {
	Mass      sluss.Mass // at a temporary storage; elsewhere it comes with the verdict
	Estimated bool
	By        string
	At        time.Time
}

// Verdict is a receiver's on what came.
type Verdict struct {
	Received  sluss.Mass
	Refused   sluss.Mass // all of Received: refused in whole
	Estimated bool       // at a temporary storage
	Reason    string     // of a refusal, also of a part
	By        string
	At        time.Time
}

func (v Verdict) wire() acceptance {
	a := acceptance{
		WasteAcceptationStatus: "ACCEPTED", SignedAt: dateTime(v.At), SignedBy: v.By,
		QuantityReceived: tonnes(v.Received), QuantityRefused: tonnes(v.Refused), WasteRefusalReason: text(v.Reason),
	}
	switch {
	case v.Refused > 0 && v.Refused >= v.Received:
		a.WasteAcceptationStatus = "REFUSED"
	case v.Refused > 0:
		a.WasteAcceptationStatus = "PARTIALLY_REFUSED"
	}
	return a
}

// Receive tells what came at its destination: RECEIVED.
func (c *Client) Receive(ctx context.Context, company, bsdd string, a Arrival) (sluss.Outcome, sluss.Exchange, error) {
	return c.act(ctx, company, "markAsReceived", places{}, func(ctx context.Context, s *session) form {
		told, _ := markAsReceived(ctx, s, bsdd, arrival{ReceivedBy: a.By, ReceivedAt: dateTime(a.At)})
		return told.MarkAsReceived
	}, "RECEIVED")
}

// Judge accepts or refuses what came at its destination: ACCEPTED, REFUSED.
func (c *Client) Judge(ctx context.Context, company, bsdd string, v Verdict) (sluss.Outcome, sluss.Exchange, error) {
	return c.act(ctx, company, "markAsAccepted", places{}, func(ctx context.Context, s *session) form {
		told, _ := markAsAccepted(ctx, s, bsdd, v.wire())
		return told.MarkAsAccepted
	}, "ACCEPTED", "REFUSED")
}

// Processing is what was done with the waste.
type Processing struct {
	Operation   string // without space: "R9"
	Mode        string // as of a declaration's treatment; empty for operations that group
	Description string
	// Next is where waste goes that was only grouped or stored (R12, R13, D9, D13
	// to D15); such an operation without Next and with Untraced loses its trace.
	Next     *NextDestination
	Untraced bool
	By       string
	At       time.Time
}

// NextDestination is where grouped or stored waste is to go.
type NextDestination struct {
	Company      sluss.Party
	Operation    string // planned there
	Notification string // of the shipment, where that is abroad and the waste dangerous
}

func (p Processing) wire() processing {
	done := processing{
		ProcessingOperationDone: spaced(p.Operation), DestinationOperationMode: operationMode(p.Mode),
		ProcessingOperationDescription: text(p.Description), ProcessedBy: p.By, ProcessedAt: dateTime(p.At), NoTraceability: p.Untraced,
	}
	if p.Next != nil {
		done.NextDestination = &nextDestination{
			ProcessingOperation: spaced(p.Next.Operation), NotificationNumber: text(p.Next.Notification), Company: new(companyOf(p.Next.Company)),
		}
	}
	return done
}

// Process tells what was done: PROCESSED, of operations that group
// AWAITING_GROUP, FOLLOWED_WITH_PNTTD abroad, NO_TRACEABILITY.
func (c *Client) Process(ctx context.Context, company, bsdd string, p Processing) (sluss.Outcome, sluss.Exchange, error) {
	return c.act(ctx, company, "markAsProcessed", places{}, func(ctx context.Context, s *session) form {
		told, _ := markAsProcessed(ctx, s, bsdd, p.wire())
		return told.MarkAsProcessed
	}, "PROCESSED", "AWAITING_GROUP", "FOLLOWED_WITH_PNTTD", "NO_TRACEABILITY")
}
