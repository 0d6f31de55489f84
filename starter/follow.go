package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/urfave/cli/v2"

	"sluss/api"
)

// upload is a table to be imported.
type upload struct {
	data    []byte
	kind    string  // its content type
	profile *string // of the service
}

// errInterrupted means that the user interrupted an import.
var errInterrupted = errors.New("interrupted")

// silence is how long the service may take for one row of a table.
const silence = 2 * time.Minute

// follow sends a table and reads the result of each row as soon as there is one. If the
// import does not come to its end, the report has the rows so far, and the error says how
// to go on.
func (s *starter) follow(c *cli.Context, u upload, at, noted time.Time) (report api.Report, err error) {
	ctx, cancel := context.WithCancelCause(c.Context)
	defer cancel(nil)
	slow := fmt.Errorf("%w: nothing was answered for %s", api.ErrBrokenOff, silence)
	watchdog := time.AfterFunc(silence, func() { cancel(slow) })
	defer watchdog.Stop()
	rows := map[int]int{} // indexes by line of the file
	shown := s.progress(c)
	answer, err := s.sent(ctx, c, u, at, noted) //nolint:bodyclose // Stream closes it
	err = api.Stream(answer, err, func(line api.ImportLine) {
		watchdog.Reset(silence)
		switch {
		case line.Row != nil:
			report.Rows[rows[line.Row.Line]] = *line.Row
			shown.row()
		case report.Rows == nil:
			report = *line.Report
			for i, row := range report.Rows {
				rows[row.Line] = i
			}
			shown.begin(len(report.Rows))
		}
	})
	shown.end()
	report.Count()
	switch left := len(report.Rows) - report.Pending; {
	case err == nil:
		return report, nil
	case c.Err() != nil:
		return report, fmt.Errorf("%w after %d of %d rows%s", errInterrupted, left, len(report.Rows), goOn)
	case errors.Is(context.Cause(ctx), api.ErrBrokenOff):
		return report, fmt.Errorf("%w (%d of %d rows are done%s)", slow, left, len(report.Rows), goOn)
	case report.Rows != nil:
		return report, fmt.Errorf("%w (%d of %d rows are done%s)", err, left, len(report.Rows), goOn)
	}
	return report, err
}

// goOn is how to go on with an import that broke off.
const goOn = ": import the same file again, and it goes on where it was"

// sent sends the table.
func (s *starter) sent(ctx context.Context, c *cli.Context, u upload, at, noted time.Time) (*http.Response, error) {
	encoding, locale, decimal := opt(c.String("encoding")), opt(c.String("locale")), opt(c.String("decimal"))
	strict, dry, by, yes := opt(c.Bool("strict")), opt(c.Bool("dry-run")), opt(declarer(c)), true
	if c.Bool("events") {
		return s.service.ReportEventsWithBody(ctx, &api.ReportEventsParams{
			By: by, Encoding: encoding, Locale: locale, Decimal: decimal, Profile: u.profile, Strict: strict, DryRun: dry, Stream: &yes,
		}, u.kind, bytes.NewReader(u.data))
	}
	return s.service.DeclareBatchesWithBody(ctx, &api.DeclareBatchesParams{
		By: by, At: opt(at), NotedAt: opt(noted), Encoding: encoding, Locale: locale, Decimal: decimal, Profile: u.profile, Strict: strict, DryRun: dry, Stream: &yes,
	}, u.kind, bytes.NewReader(u.data))
}

// progress tells people how far an import came, at most once a second.
type progress struct {
	to          io.Writer // nil: nobody is told
	live        bool      // on a terminal: each text replaces the one before
	done, all   int
	began, told time.Time
}

// progress is that of a verb: on a terminal, or if it is asked for.
func (s *starter) progress(c *cli.Context) *progress {
	p := &progress{}
	if file, ok := s.err.(*os.File); ok {
		info, err := file.Stat()
		p.live = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if p.live || c.Bool("progress") {
		p.to = s.err
	}
	return p
}

func (p *progress) begin(rows int) { p.all, p.began, p.told = rows, time.Now(), time.Now() }

func (p *progress) row() {
	p.done++
	if p.to != nil && time.Since(p.told) >= time.Second {
		p.told = time.Now()
		p.tell(fmt.Sprintf(", %s left", p.left()))
	}
}

// left is how long the other rows will take if they take as long as those that are done.
func (p *progress) left() time.Duration {
	return (time.Since(p.began) / time.Duration(p.done) * time.Duration(p.all-p.done)).Round(time.Second)
}

func (p *progress) tell(more string) {
	before, after := "", "\n"
	if p.live {
		before, after = "\r\x1b[K", ""
	}
	rate := float64(p.done) / max(time.Since(p.began).Seconds(), 0.001)
	fmt.Fprintf(p.to, "%s%d of %d rows, %.0f a second%s%s", before, p.done, p.all, rate, more, after)
}

// end tells the last time.
func (p *progress) end() {
	if p.to == nil || p.all == 0 {
		return
	}
	p.tell("")
	if p.live {
		fmt.Fprintln(p.to)
	}
}
