package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/lib/pq"
)

// health is the latest answer.
type health struct {
	sync.Mutex
	at  time.Time
	err error
}

// Health returns nil if the ledger can record calls of registries, else an error that
// says why not. Like every call, it takes the lock of each quota. The answer may be a
// second old and takes some seconds at most. It names no address, so that it may be
// shown to anybody.
func (l *Ledger) Health(ctx context.Context) error {
	l.health.Lock()
	defer l.health.Unlock()
	if time.Since(l.health.at) > l.db.timeouts.healthy/2 {
		l.health.err = l.lockAll(context.WithoutCancel(ctx))
		l.health.at = time.Now()
	}
	return l.health.err
}

func (l *Ledger) lockAll(ctx context.Context) error {
	healthy := l.db.timeouts.healthy
	ctx, cancel := context.WithTimeout(ctx, 2*healthy)
	defer cancel()
	registry := ""
	err := l.db.transaction(ctx, nil, func(ctx context.Context, tx *work) error {
		if _, err := tx.ExecContext(ctx, fmt.Sprintf(`set local lock_timeout = %d`, healthy.Milliseconds())); err != nil {
			return err
		}
		var registries []string
		if err := tx.SelectContext(ctx, &registries, listQuotas); err != nil {
			return err
		}
		for _, registry = range registries {
			if err := tx.GetContext(ctx, &registry, `select registry from quotas where registry = $1 for update`, registry); err != nil {
				return err
			}
		}
		return nil
	})
	refused := (*pq.Error)(nil)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("the ledger does not answer within %s: its server is overloaded or cannot be reached, or all our sessions wait there", 2*healthy)
	case locked(err):
		holders, _ := l.holders(ctx) // the error names the session only if it is known
		return fmt.Errorf("nobody can call %s: its quota has been locked for more than %s, until %s", registry, healthy,
			cmp.Or(holders, "an unknown session ends"))
	case errors.As(err, &refused):
		return errors.New("the ledger cannot work: " + refused.Message)
	default:
		return errors.New("the ledger does not answer: its server does not run or cannot be reached")
	}
}

const heldBy = `
with holders as (
    select unnest(pg_blocking_pids(w.pid)) as pid from pg_stat_activity w where w.datname = current_database() and w.wait_event_type = 'Lock'
    union
    select k.pid from pg_locks k join pg_database d on d.oid = k.database
    where d.datname = current_database() and k.relation = to_regclass('quotas') and k.granted and k.mode <> 'AccessShareLock'
)
select format('session %s (%s, %s) ends, which has held it for %s s or more; select pg_terminate_backend(%s) ends it', a.pid, a.application_name,
    coalesce(a.state, 'of another role'), extract(epoch from clock_timestamp() - coalesce(a.xact_start, a.state_change))::int, a.pid)
from pg_stat_activity a join holders using (pid)
where a.pid <> pg_backend_pid() and a.wait_event_type is distinct from 'Lock'
    and coalesce(coalesce(a.xact_start, a.state_change) < clock_timestamp() - $1::interval, true)
order by a.xact_start
limit 3`

// holders describes the sessions that others wait for; empty if there are none.
func (l *Ledger) holders(ctx context.Context) (string, error) {
	healthy := l.db.timeouts.healthy
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), healthy)
	defer cancel()
	list, err := many[string](ctx, l, "look for sessions that hold locks", heldBy, interval(healthy/2))
	return strings.Join(list, "; and "), err
}
