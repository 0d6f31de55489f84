package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"sluss"
)

// Sent is a content that was, or was about to be, sent to its registry.
type Sent struct {
	Filing  string
	Batch   string
	Content sluss.Content
	At      time.Time // when that was last intended
	Last    bool      // nothing else was sent for the filing since
	Stage   sluss.FilingStage
	Receipt *sluss.Receipt // of the filing, whatever content it is of
}

const sentContents = `
select f.id as filing, f.batch, c.content, t.at, not exists (
        select from attempts later where later.filing = f.id and later.purpose = 'submit' and later.line > t.line
    ) as last, s.stage, s.receipt
from filings f
join batches b on b.id = f.batch
cross join lateral (
    select hash, max(line) as line, max(at) as at from attempts where filing = f.id and purpose = 'submit' group by hash
) t
cross join lateral (
    select content from contents where filing = f.id and hash = t.hash order by line desc limit 1
) c
join filing_state s on s.filing = f.id
where f.registry = $1 and (f.id = any($2) or b.reference = any($3))
order by f.line, t.line`

// Sent is everything that was sent to a registry for those filings, and for all
// of the batches of those references, each content once.
func (l *Ledger) Sent(ctx context.Context, registry string, filings, references []string) ([]Sent, error) {
	var rows []struct {
		Filing, Batch string
		Content       document[sluss.Content]
		At            optional
		Last          bool
		Stage         sluss.FilingStage
		Receipt       document[*sluss.Receipt]
	}
	if err := l.db.SelectContext(ctx, &rows, sentContents, registry, pq.Array(filings), pq.Array(references)); err != nil {
		return nil, fmt.Errorf("read what was sent to %s: %w", registry, err)
	}
	list := make([]Sent, len(rows))
	for i, r := range rows {
		list[i] = Sent{
			Filing: r.Filing, Batch: r.Batch, Content: r.Content.value, At: r.At.Time, Last: r.Last, Stage: r.Stage, Receipt: r.Receipt.value,
		}
	}
	return list, nil
}
