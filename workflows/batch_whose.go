package workflows

import (
	"cmp"
	"fmt"
	"slices"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
)

// eventsBefore are the events that obligations follow from.
func eventsBefore(events []sluss.Event, owed []sluss.Obligation) []sluss.Event {
	return slices.DeleteFunc(slices.Clone(events), func(e sluss.Event) bool {
		return !slices.ContainsFunc(owed, func(o sluss.Obligation) bool { return o.Event == e.ID() })
	})
}

// mayReassign refuses a correction that makes ours what is theirs, or the reverse, once
// that comes too late.
func (b *batch) mayReassign(corrected sluss.Declaration) error {
	var faults sluss.Faults
	for i, was := range b.declaration.Duties {
		if _, says := corrected.Whose(was.Obligation); !says {
			faults = append(faults, sluss.Fault{
				Field: fmt.Sprintf("duties.%d", i), Problem: fmt.Sprintf("it is said whose %s is, and that cannot be left out any more", was.Obligation),
				Remedy: "say ours or theirs",
			})
		}
	}
	for i, duty := range corrected.Duties {
		for _, id := range b.order {
			if problem, remedy := b.tooLate(b.filings[id], duty); problem != "" {
				faults = append(faults, sluss.Fault{Field: fmt.Sprintf("duties.%d.whose", i), Problem: problem, Remedy: remedy})
			}
		}
	}
	return faults.Err()
}

// tooLate says why a duty cannot become ours or theirs any more; empty: it can, it is so
// already, or it is about another obligation.
func (b *batch) tooLate(o *duty, said sluss.Duty) (problem, remedy string) {
	id := o.state.Obligation.ID
	first, _ := id.SplitAgain()
	switch theirs := o.state.Obligation.Theirs; {
	case first != said.Obligation, theirs == (said.Whose == sluss.Theirs):
		return "", ""
	case theirs && o.discharged:
		return fmt.Sprintf("%s is reported already, by the party itself", id), "leave it theirs: the registry would hold it twice"
	case theirs && o.opened:
		return fmt.Sprintf("the filing of %s was withdrawn", id), "report it by hand"
	case !theirs && o.discharged:
		return fmt.Sprintf("%s is filed already", id), "annul the report if it should be the party's own (`starter annul`)"
	case !theirs && o.opened && (o.state.Stage == sluss.StageSending || o.state.Stage == sluss.StageUnknown):
		return fmt.Sprintf("%s is being sent", id), "wait for the registry's answer; then annul the report"
	}
	return "", ""
}

// whoseNow is the corrected declaration with a word about each open duty whose party the
// correction changes, if that makes it ours or theirs. whose is what the ledger says of
// these, and of those about which the declaration says something new.
func (b *batch) whoseNow(ctx workflow.Context, corrected sluss.Declaration, events []sluss.Event) (_ sluss.Declaration, whose activities.Owed, err error) {
	var open []sluss.Obligation
	for _, id := range b.order {
		o := b.filings[id].state.Obligation
		before, _ := b.declaration.Obliged(o)
		after, _ := corrected.Obliged(o)
		said, says := corrected.Whose(id)
		turned := says && o.Theirs != (said == sluss.Theirs)
		if !b.filings[id].discharged && (turned || before.ID != after.ID || before.Country != after.Country) {
			open = append(open, o)
		}
	}
	if len(open) == 0 {
		return corrected, whose, nil
	}
	summary := "look whose duties are after the correction"
	if err := workflow.ExecuteLocalActivity(onLedger(ctx, summary), act.Whose, corrected, eventsBefore(events, open), open).Get(ctx, &whose); err != nil {
		return corrected, whose, err
	}
	var faults sluss.Faults
	for i, now := range whose.Obligations {
		duty := sluss.Duty{Obligation: now.ID, Whose: sluss.Ours, Reason: "the party is corrected"}
		if now.Theirs {
			duty.Whose = sluss.Theirs
		}
		duty.Obligation, _ = now.ID.SplitAgain()
		if now.Theirs == open[i].Theirs {
			b.filings[now.ID].state.Obligation.Own = now.Own
			continue
		}
		if problem, remedy := b.tooLate(b.filings[now.ID], duty); problem != "" {
			_, path := corrected.Obliged(now)
			faults = append(faults, sluss.Fault{Field: path + ".id", Problem: "the party is not the same any more, and " + problem, Remedy: remedy})
		}
		if _, says := corrected.Whose(now.ID); !says {
			corrected.Duties = append(slices.Clip(corrected.Duties), duty)
		}
	}
	return corrected, whose, refusal(faults.Err())
}

// reassign makes ours what the declaration says is ours, and the reverse. An open filing of
// what is theirs now is withdrawn. The ledger has said whose credential is needed.
func (b *batch) reassign(ctx workflow.Context, c sluss.Correction, whose activities.Owed) error {
	for _, id := range b.order {
		o := b.filings[id]
		said, says := b.declaration.Whose(id)
		if theirs := said == sluss.Theirs; !says || theirs == o.state.Obligation.Theirs || o.discharged {
			continue
		}
		o.state.Obligation.Theirs = said == sluss.Theirs
		if said == sluss.Ours {
			o.state.Obligation.Own = slices.ContainsFunc(whose.Obligations, func(now sluss.Obligation) bool { return now.ID == id && now.Own })
			continue
		}
		if o.runs() {
			withdrawn := sluss.Decision{Kind: sluss.DecidedWithdrawn, Reason: cmp.Or(c.Reason, "it is theirs"), By: c.By, At: c.At}
			f := o.filing
			workflow.GoNamed(ctx, "withdraw", func(ctx workflow.Context) { f.withdrawn(ctx, withdrawn) })
			continue
		}
		if err := b.recordNeverFiled(ctx, o, b.content(id)); err != nil {
			return err
		}
		o.opened, o.result = true, FilingResult{}
	}
	return nil
}
