package workflows

import (
	"go.temporal.io/sdk/workflow"

	"sluss"
)

// unreadable records a signature that nobody could read: it changes nothing. If it does
// not even say on which filing it is, it is recorded with all that wait for one.
func (l *filings) unreadable(ctx workflow.Context, m Addressed[string]) {
	if f := l.find(m.Filing); f != nil {
		f.unreadable(ctx, m.Message)
		return
	}
	for _, f := range l.list {
		if m.Filing == "" && f.stage == sluss.StageSignature && f.unsigned() {
			f.unreadable(ctx, m.Message)
		}
	}
}

func (f *filing) unreadable(ctx workflow.Context, why string) {
	workflow.GetLogger(ctx).Warn("a signature cannot be read", "why", why)
	record := sluss.SignatureRecord{
		Filing: f.id, Refused: "it cannot be read: " + why,
		Signature: sluss.Signature{Role: f.content.Obligation.Signer, Person: sluss.Person{Name: "an unknown person"}, At: workflow.Now(ctx)},
	}
	if err := f.record(ctx, act.RecordSignature, record, "record a signature that cannot be read"); err != nil {
		workflow.GetLogger(ctx).Warn("refused signature not recorded", "error", err)
	}
}
