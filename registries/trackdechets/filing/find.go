package filing

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/calls"
	"sluss/registries/trackdechets/reasons"
	"sluss/registries/trackdechets/wire"
)

// Find asks what Trackdéchets has of an earlier submission: of a creation, and of what
// was signed on paper, the documents with the batch's customId; of every other step, how
// far the document has come. It changes nothing. Beside Accepted and Deferred it gives
// Rejected where the document shows that this step can never be taken: it was cancelled
// or deleted, or holds another verdict than the one to report. The errors are
// sluss.ErrAbsent, ErrNotSent and ErrOperator.
func (f Filer) Find(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	d, step, company, err := f.prepare(s)
	if others := ByCode(s) || s.Content.Obligation.Theirs; company == "" && others && d.Receipt().ID != "" { // who signs by a code or at the registry has no token here
		if company = f.otherParty(d); company != "" {
			err = nil
		}
	}
	if err != nil {
		return sluss.Outcome{}, calls.NotMade("form"), err
	}
	var asked *calls.Session
	var take func() (sluss.Outcome, error)
	switch note := d.Obligation.Report; {
	case note == sluss.ReportPreflight:
		return sluss.Outcome{}, calls.NotMade(step.name), fmt.Errorf("%w: a look into the directory leaves nothing there", sluss.ErrAbsent)
	case note == sluss.ReportGathering:
		asked = f.Calls.Session(company, "form")
		parts := append([]string{""}, d.Parts()...)
		form, _ := asked.Form(ctx, parts[len(parts)-1])
		take = func() (sluss.Outcome, error) { return gathered(asked, form, d) }
	case d.Begins():
		asked = f.Calls.Session(company, "forms")
		var all []wire.Form
		_ = asked.Ask(ctx, map[string]any{"siret": company, "customId": d.CustomID(), "first": 100}, &all)
		take = func() (sluss.Outcome, error) { return created(asked, all, d) }
	default:
		asked = f.Calls.Session(f.reader(d, company), "form")
		form, _ := asked.Form(ctx, d.Receipt().ID)
		take = func() (sluss.Outcome, error) { return reached(asked, form, d, step) }
	}
	found, err := asked.Found(d.Places(), take)
	if errors.Is(err, sluss.ErrAbsent) && !d.Begins() && asked.Missing() {
		return rejected(reasons.Deleted()), asked.Exchange(), nil
	}
	return found, asked.Exchange(), err
}

func rejected(r sluss.Reason) sluss.Outcome {
	return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{r}}
}

// reader is whose token asks how far a document has come. A transporter after the first
// loses its sight of it if the arrival is signed before its own signature, and one after a
// storage has none where nothing goes on; the emitter and the receiver always have.
func (f Filer) reader(d bsdd.Document, own string) string {
	if d.CarriersBefore() == 0 && (!d.Onward() || d.Obligation.Report != sluss.ReportTakeOver) {
		return own
	}
	return cmp.Or(f.Calls.WithToken(bsdd.Number(d.Emitter()), bsdd.Number(d.Declaration.Receiver)), own)
}

// created is what a list of documents says about a creation.
func created(s *calls.Session, all []wire.Form, d bsdd.Document) (sluss.Outcome, error) {
	if all == nil {
		return calls.Unknown("Trackdéchets gave no list of documents")
	}
	all = slices.DeleteFunc(all, func(f wire.Form) bool { return f.CustomID != d.CustomID() || f.ID == "" })
	if len(all) == 0 {
		return sluss.Outcome{}, sluss.ErrAbsent
	}
	oldest, detail := calls.Oldest(all, d.CustomID(), func(f wire.Form) time.Time { return time.Time(f.CreatedAt) }, func(f wire.Form) string { return f.ReadableID })
	oldest.UpdatedAt = oldest.CreatedAt
	taken, err := s.AcceptedForm(oldest)
	taken.Detail = detail
	return taken, err
}

// gathered is what the last part says about the parts of a round: they are sealed when
// they are put on it, all at once.
func gathered(s *calls.Session, part wire.Form, d bsdd.Document) (sluss.Outcome, error) {
	at, known := bsdd.Rank(part.Status)
	switch {
	case part.ID == "":
		return calls.Unknown("Trackdéchets gave no document")
	case !known || at < bsdd.Sealed:
		return sluss.Outcome{}, sluss.ErrAbsent
	}
	round := d.Receipt()
	round.At, round.Status = s.Ended, ""
	return s.Accepted(round)
}

// reached is what one document says about a step on it.
func reached(s *calls.Session, f wire.Form, d bsdd.Document, step step) (sluss.Outcome, error) {
	at, known := bsdd.Rank(f.Status)
	switch {
	case f.ID == "":
		return calls.Unknown("Trackdéchets gave no document")
	case f.Status == reasons.StatusCanceled:
		return rejected(reasons.Canceled()), nil
	case !known:
		return calls.Unknown("the BSDD has the status %s, which we do not know", f.Status)
	case notYet(f, d, step):
		return sluss.Outcome{}, sluss.ErrAbsent
	case d.Obligation.Report == sluss.ReportTakeOver && d.CarriersBefore() > 0 && !hasSigned(f, d.CarriersBefore()):
		return unsigned(f, d, at > step.rank)
	}
	for _, never := range []sluss.Reason{endedAtStorage(f, d, step), otherVerdict(f, d)} {
		if never.Message != "" {
			never.Code = f.Status
			return rejected(never), nil
		}
	}
	return s.AcceptedForm(f)
}

// notYet tells that a step on a document was not taken and still can be.
func notYet(f wire.Form, d bsdd.Document, step step) bool {
	at, known := bsdd.Rank(f.Status)
	switch before := d.CarriersBefore(); {
	case f.ID == "" || !known || f.Status == reasons.StatusCanceled || f.Status == bsdd.Refused:
		return false
	case at < step.rank:
		return true
	default:
		return at == step.rank && d.Obligation.Report == sluss.ReportTakeOver && before > 0 && before < len(f.Transporters) && !hasSigned(f, before)
	}
}

// Copy is the id of the document on which a submission is a step; empty: it begins one, or
// changes more than one.
func (f Filer) Copy(s sluss.Submission) string {
	if s.Content.Amends != nil || s.Content.Obligation.Report == sluss.ReportGathering {
		return ""
	}
	d, _, _, err := f.prepare(s)
	if err != nil || d.Begins() {
		return ""
	}
	return d.Receipt().ID
}

// NotYet tells, without a call, that a step was not taken on a document as it was last
// read. False: it was, or can never be, or the registry must be asked.
func (f Filer) NotYet(s sluss.Submission, read sluss.Document) bool {
	d, step, _, err := f.prepare(s)
	var form wire.Form
	return err == nil && read.Status != sluss.DocumentDeleted && json.Unmarshal(read.Raw, &form) == nil && form.Status == read.Status && notYet(form, d, step)
}

// unsigned is what a document says about the signature of a transporter after the
// first that it does not show.
func unsigned(f wire.Form, d bsdd.Document, arrived bool) (sluss.Outcome, error) {
	never := sluss.Reason{Code: f.Status, Field: d.Places().Path(reasons.Transporter) + ".id"}
	switch {
	case arrived:
		never.Message = fmt.Sprintf("the arrival of %s was signed before this transporter signed, so it cannot any more", f.ReadableID)
		never.Remedy = "withdraw this report; ask for a revision in Trackdéchets if the way must show there"
	default:
		never.Message = fmt.Sprintf("%s has no transporter %d", f.ReadableID, d.CarriersBefore()+1)
		never.Remedy = "add the transporter to the BSDD in Trackdéchets, then have this sent again"
	}
	return rejected(never), nil
}

// storerVerdict is what the document shows of the storer's verdict. Where the storer has
// treated the waste itself, its verdict stands as the receiver's.
func storerVerdict(f wire.Form) string {
	return f.TemporaryStorageDetail.TemporaryStorer.WasteAcceptationStatus
}

// endedAtStorage is why a step can never be taken, since the waste did not go on from
// its storage.
func endedAtStorage(f wire.Form, d bsdd.Document, s step) (never sluss.Reason) {
	at, _ := bsdd.Rank(f.Status)
	switch {
	case d.StoredAfter() == 0 || s.rank <= bsdd.StorageJudged:
		return never
	case storerVerdict(f) == bsdd.Refused:
		never.Message = fmt.Sprintf("the storer refused the waste of %s, so it does not go on from there", f.ReadableID)
	case at > bsdd.StorageJudged && storerVerdict(f) == "":
		never.Message = fmt.Sprintf("%s is not stored on its way any more: it was treated where it was to be stored", f.ReadableID)
	}
	never.Remedy = "withdraw this report"
	return never
}

// otherVerdict is why a step can never be taken, since the document holds another
// verdict than the one to report.
func otherVerdict(f wire.Form, d bsdd.Document) (never sluss.Reason) {
	verdict := f.WasteAcceptationStatus
	switch d.Obligation.Report { //nolint:exhaustive // the others report none
	case sluss.ReportStoringVerdict:
		verdict = cmp.Or(storerVerdict(f), verdict)
	case sluss.ReportAcceptance:
	case sluss.ReportProcessing:
		if f.Status != bsdd.Refused {
			return never
		}
		verdict = cmp.Or(verdict, f.Status)
	default:
		return never
	}
	if verdict == "" || d.Obligation.Report != sluss.ReportProcessing && verdict == d.Acceptance().WasteAcceptationStatus {
		return never
	}
	return sluss.Reason{
		Message: fmt.Sprintf("the BSDD %s holds another verdict (%s) than this batch", f.ReadableID, verdict),
		Remedy:  "ask for a revision in Trackdéchets if that one is wrong, then withdraw this report",
	}
}
