package main

import (
	"fmt"
	"sync"
	"time"

	"sluss"
	"sluss/service"
)

// progress prints what is new in each batch, and from time to time the state of all of them.
type progress struct {
	sync.Mutex
	total   int
	shown   map[string]int64 // by reference: the last line that was shown
	stage   map[string]string
	waits   map[string]string
	summary time.Time
}

func newProgress(total int) *progress {
	return &progress{total: total, shown: map[string]int64{}, stage: map[string]string{}, waits: map[string]string{}, summary: time.Now()}
}

func (p *progress) show(reference string, b service.Shown) {
	p.Lock()
	defer p.Unlock()
	for _, line := range b.Timeline {
		if line.Line <= p.shown[reference] {
			continue
		}
		p.shown[reference] = line.Line
		if line.Kind == "content" || line.Kind == "attempt" {
			continue // their consequences are printed instead
		}
		what := line.Text
		if _, obligation, err := line.Filing.Split(); err == nil {
			what = string(obligation) + ": " + what
		}
		fmt.Printf("%s  %-15s %s\n", line.At.Local().Format("15:04:05"), reference, what)
	}
	p.stage[reference], p.waits[reference] = b.Stage, waits(b)
	if time.Since(p.summary) > 10*time.Second {
		p.summary = time.Now()
		p.summarize()
	}
}

// waits is what a batch waits for now.
func waits(b service.Shown) string {
	for _, f := range b.Filings {
		switch {
		case !f.Open:
		case f.Stage == sluss.StageDeferred && f.Until.After(time.Now()):
			return fmt.Sprintf("%s waits for the quota of %s until %s", f.Obligation.ID, f.Registry, f.Until.Local().Format("15:04:05"))
		case f.Waiting != "":
			return fmt.Sprintf("%s: %s, the %s", f.Obligation.ID, f.Stage, f.Waiting)
		}
	}
	return ""
}

func (p *progress) summarize() {
	closed := 0
	for _, stage := range p.stage {
		if stage == "closed" {
			closed++
		}
	}
	say("%d of %d batches closed", closed, p.total)
	for reference, wait := range p.waits {
		if wait != "" {
			fmt.Printf("          %-15s %s: %s\n", reference, p.stage[reference], wait)
		}
	}
}
