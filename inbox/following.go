package inbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"sluss"
)

// Followed is how far registries' documents are followed, and which open batches
// stand there as if they had come to an end.
type Followed struct {
	Followings []sluss.Following `json:"followings"`
	// Adrift are documents of open batches that others have refused or cancelled.
	Adrift []sluss.News `json:"adrift"`
}

// adriftAt are the ends that others can put to a document.
var adriftAt = []string{refusedThere, "CANCELED", sluss.DocumentDeleted}

const refusedThere = "REFUSED"

// Followed is how far registries' documents are followed.
func (d *Desk) Followed(ctx context.Context) (f Followed, err error) {
	if f.Followings, err = d.Ledger.Followings(ctx, "", ""); err != nil {
		return f, err
	}
	f.Adrift, err = d.Ledger.Adrift(ctx, adriftAt)
	return f, err
}

// followAsked is how long somebody who asks for a sweep waits for it.
const followAsked = 20 * time.Second

// Look has what has changed of a company's documents looked at now, and waits
// until that is kept. It needs a running worker.
func (d *Desk) Look(ctx context.Context, registry, company string) (sluss.Following, error) {
	following := func(ctx context.Context) (sluss.Following, error) {
		list, err := d.Ledger.Followings(ctx, registry, company)
		if err != nil || len(list) == 0 {
			return sluss.Following{Registry: registry, Company: company}, err
		}
		return list[0], nil
	}
	before, err := following(ctx)
	if err != nil {
		return before, err
	}
	if err := d.look(ctx, registry, company, "a person asks"); errors.Is(err, ErrNoSuch) {
		return before, fmt.Errorf("%w company that is followed as %s at %s: `starter following` lists them", ErrNoSuch, company, registry)
	} else if err != nil {
		return before, err
	}
	ctx, cancel := context.WithTimeout(ctx, followAsked)
	defer cancel()
	for {
		now, err := following(ctx)
		switch {
		case errors.Is(ctx.Err(), context.DeadlineExceeded):
			return before, fmt.Errorf("%w from the following of %s: is a worker running? %s", ErrNoAnswer, company, before.Error)
		case err != nil:
			return before, err
		case now.SweptAt.After(before.SweptAt):
			return now, nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (d *Desk) followRoutes(handle func(pattern string, serve func(r *http.Request) (any, error))) {
	handle("GET /api/following", func(r *http.Request) (any, error) { return d.Followed(r.Context()) })
	handle("POST /api/following/{registry}/{company}/look", func(r *http.Request) (any, error) {
		return d.Look(r.Context(), r.PathValue("registry"), r.PathValue("company"))
	})
}
