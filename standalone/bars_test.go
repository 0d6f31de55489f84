package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq"
	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"sluss"
	"sluss/bars"
	"sluss/service"
)

var (
	importRows  = flag.Int("import-rows", 500, "rows in a round of the benchmark of imports")
	openBatches = flag.Int("open-batches", 2000, "how many `batches` are open in the benchmark of an installation at rest")
)

// commits are the commits of PostgreSQL for each filing.
type commits struct {
	before           map[string]int64
	last             time.Time
	temporal, ledger float64
}

// statisticsDelay is how long PostgreSQL's statistics may be behind.
const statisticsDelay = 1500 * time.Millisecond

func (h *Installation) commits(tb testing.TB) *commits {
	tb.Helper()
	return &commits{before: h.committed(tb)}
}

// end divides the commits since the beginning by the filings.
func (c *commits) end(tb testing.TB, h *Installation, filings int) {
	tb.Helper()
	c.last = time.Now()
	for name, n := range h.committed(tb) {
		perFiling := float64(n-c.before[name]) / float64(filings)
		if strings.Contains(name, "temporal") {
			c.temporal += perFiling
		} else {
			c.ledger += perFiling
		}
	}
}

// committed is how many transactions each database has committed.
func (h *Installation) committed(tb testing.TB) map[string]int64 {
	tb.Helper()
	time.Sleep(statisticsDelay)
	db, err := sql.Open("postgres", h.cluster.URL("postgres"))
	must(tb, err)
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(tb.Context(), `select datname, xact_commit from pg_stat_database where datname not in ('postgres', 'template0', 'template1')`)
	must(tb, err)
	defer func() { _ = rows.Close() }()
	found := map[string]int64{}
	for rows.Next() {
		var name string
		var n int64
		must(tb, rows.Scan(&name, &n))
		found[name] = n
	}
	must(tb, rows.Err())
	return found
}

// BenchmarkImport imports tables of batches and, in turns, starts as many bare workflows
// with the same input on the same server.
func BenchmarkImport(b *testing.B) {
	h, _ := openInstallation(b)
	sample := example(b, "se-waste-oil", "IMPORT")
	c := dialBare(b, h)
	var ratios []float64
	for round := range benchRounds + 1 { // the first one warms everything up
		file := tableOf(b, sample, *importRows, fmt.Sprint("R", round))
		began := time.Now()
		report, err := h.Service.Import(b.Context(), bytes.NewReader(file), service.Import{}, sluss.Person{Name: "bench"}, time.Now().Add(-time.Hour))
		must(b, err)
		if report.Declared != *importRows {
			b.Fatalf("%d of %d rows were declared: %+v", report.Declared, *importRows, report.Rows[0])
		}
		imported := float64(*importRows) / time.Since(began).Seconds()
		began = time.Now()
		for n := range *importRows { // as the import: one after another
			_, err := c.ExecuteWorkflow(b.Context(), client.StartWorkflowOptions{ID: fmt.Sprintf("bare-%d-%d", round, n), TaskQueue: "nobody"}, "bare start", sample)
			must(b, err)
		}
		bare := float64(*importRows) / time.Since(began).Seconds()
		b.Logf("%.0f rows a second, %.0f bare starts a second", imported, bare)
		if round > 0 {
			ratios = append(ratios, imported/bare)
		}
	}
	_, middle, _ := spread(ratios)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(middle, "x-bare")
	bars.AtLeast("import-of-bare-starts", middle, 0.95)
}

// tableOf is a table of batches like the sample.
func tableOf(tb testing.TB, sample sluss.Declaration, rows int, prefix string) []byte {
	tb.Helper()
	values := (sluss.Declaration{}).Differences(sample)
	var header []string
	for path := range values {
		header = append(header, path)
	}
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	must(tb, w.Write(header))
	for n := range rows {
		line := make([]string, len(header))
		for i, path := range header {
			if line[i] = values[path]; path == "reference" {
				line[i] = fmt.Sprintf("%s-%06d", prefix, n+1)
			}
		}
		must(tb, w.Write(line))
	}
	w.Flush()
	return text.Bytes()
}

// BenchmarkOpenBatches measures an installation in which many batches are open and nothing
// happens: its memory, its disk, how long a restart takes, and how long a signature.
func BenchmarkOpenBatches(b *testing.B) {
	h, f := openInstallation(b)
	sample := example(b, "se-waste-oil", "OPEN")
	sample.Approval = sluss.Officer
	disk := folderBytes(b, f.Data)
	began := time.Now()
	declare := errgroup.Group{}
	declare.SetLimit(benchConcurrent)
	for n := range *openBatches {
		d := sample
		d.Reference = fmt.Sprintf("OPEN-%06d", n+1)
		declare.Go(func() error {
			_, err := h.Service.Declare(b.Context(), d, sluss.Person{Name: "bench"}, time.Now().Add(-time.Hour).Truncate(time.Second))
			return err
		})
	}
	must(b, declare.Wait())
	b.Logf("%d batches were declared in %s", *openBatches, since(began))
	eventually(b, time.Minute, func(ctx context.Context) error {
		_, err := h.Service.State(ctx, sluss.BatchID(fmt.Sprintf("batch/default/OPEN-%06d", *openBatches)))
		return err
	})
	time.Sleep(10 * time.Second) // PostgreSQL writes what is left
	bars.AtMost("memory-of-the-stack-MB", float64(memory(b))/1e6, 2000)
	bars.AtMost("disk-of-a-batch-kB", float64(folderBytes(b, f.Data)-disk)/1e3/float64(*openBatches), 60)
	const rest = 20 * time.Second
	used := processorTime(b)
	time.Sleep(rest)
	bars.AtMost("processor-at-rest-percent-of-a-core", 100*(processorTime(b)-used).Seconds()/rest.Seconds(), 5)

	removal := h.reported(b, 1)
	took := h.signOff(b, removal)
	bars.AtMost("signature-accepted-ms", took.Seconds()*1000, 150)

	h.Close()
	began = time.Now()
	again, err := OpenInstallation(context.WithoutCancel(b.Context()), f.Options)
	must(b, err)
	b.Cleanup(again.Close)
	eventually(b, time.Minute, func(ctx context.Context) error { _, err := again.Service.Health(ctx); return err })
	bars.AtMost("ready-after-a-restart-seconds", time.Since(began).Seconds(), 5)
	took = again.signOff(b, again.reported(b, 2))
	b.ReportMetric(took.Seconds()*1000, "ms-of-the-first-signature")
	b.ReportMetric(0, "ns/op")
}

// reported reports the pick-up of a batch, and returns the filing that then waits for a
// signature.
func (h *Installation) reported(b *testing.B, n int) sluss.FilingID {
	b.Helper()
	id := sluss.BatchID(fmt.Sprintf("batch/default/OPEN-%06d", n))
	_, err := h.Service.Event(b.Context(), id, sluss.Event{
		Kind: sluss.PickedUp, Leg: 1, At: time.Now().Add(-time.Minute).Truncate(time.Second), By: sluss.Person{Name: "bench"},
		Confirmed: []sluss.Confirmation{{Field: "at", Reason: "a benchmark"}},
	})
	must(b, err)
	return id.Filing("se.removal")
}

// signOff signs a filing, and tells how long it took until the signature was accepted.
func (h *Installation) signOff(b *testing.B, filing sluss.FilingID) time.Duration {
	b.Helper()
	var filed service.FiledContent
	eventually(b, time.Minute, func(ctx context.Context) (err error) {
		if filed, err = h.Service.Filing(ctx, filing); err == nil && filed.Stage != sluss.StageSignature {
			err = fmt.Errorf("%s is %s", filing, filed.Stage)
		}
		return err
	})
	began := time.Now()
	_, err := h.Service.Sign(b.Context(), filing, sluss.Signature{
		Role: sluss.Officer, Person: sluss.Person{Name: "bench"}, At: time.Now().Truncate(time.Second), ContentHash: filed.Hash,
	})
	must(b, err)
	return time.Since(began)
}

// folderBytes is the size of all files below a folder, without those that PostgreSQL
// writes ahead, whose size is bounded.
func folderBytes(tb testing.TB, dir string) (total int64) {
	tb.Helper()
	must(tb, filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		switch {
		case err != nil: // files come and go
		case info.IsDir() && info.Name() == "pg_wal":
			return filepath.SkipDir
		case info.Mode().IsRegular():
			total += info.Size()
		}
		return nil
	}))
	return total
}

// family are the ids of this process and all below it.
func family(tb testing.TB) (pids []string) {
	tb.Helper()
	entries, err := os.ReadDir("/proc")
	must(tb, err)
	parents := map[string]string{}
	for _, e := range entries {
		if fields, ok := stat(e.Name()); ok {
			parents[e.Name()] = fields[1]
		}
	}
	me := strconv.Itoa(os.Getpid())
	for pid := range parents {
		for at := pid; at != ""; at = parents[at] {
			if at == me {
				pids = append(pids, pid)
				break
			}
		}
	}
	return pids
}

// stat are the fields of /proc/PID/stat that follow the name.
func stat(pid string) (fields []string, ok bool) {
	data, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	if err != nil {
		return nil, false
	}
	_, rest, ok := strings.Cut(string(data), ") ")
	return strings.Fields(rest), ok
}

// memory is the proportional memory of this process and all below it, in bytes.
func memory(tb testing.TB) (total int64) {
	tb.Helper()
	for _, pid := range family(tb) {
		data, err := os.ReadFile(filepath.Join("/proc", pid, "smaps_rollup"))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(data)) {
			if size, is := strings.CutPrefix(line, "Pss:"); is {
				kB, err := strconv.ParseInt(strings.Fields(size)[0], 10, 64)
				must(tb, err)
				total += kB * 1024
			}
		}
	}
	return total
}

// processorTime is what this process and all below it have used.
func processorTime(tb testing.TB) (total time.Duration) {
	tb.Helper()
	const tick, user, system = 10 * time.Millisecond, 11, 12
	for _, pid := range family(tb) {
		if fields, ok := stat(pid); ok && len(fields) > system {
			for _, i := range []int{user, system} {
				n, err := strconv.ParseInt(fields[i], 10, 64)
				must(tb, err)
				total += time.Duration(n) * tick
			}
		}
	}
	return total
}
