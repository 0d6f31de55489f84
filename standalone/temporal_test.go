package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"sluss/postgres/pgtest"
)

const (
	// These settings are for the process that TestTemporalSurvivesKill kills.
	victimURL      = "SLUSS_TEST_VICTIM_URL"
	victimDatabase = "SLUSS_TEST_VICTIM_DATABASE"

	queue = "test"
)

// TestMain is also the process that TestTemporalSurvivesKill kills.
func TestMain(m *testing.M) {
	postgresURL := os.Getenv(victimURL)
	if postgresURL == "" {
		os.Exit(m.Run())
	}
	server, err := StartTemporal(context.Background(), TemporalOptions{PostgresURL: postgresURL, Database: os.Getenv(victimDatabase)})
	if err != nil {
		fmt.Println("cannot start:", err)
		os.Exit(1)
	}
	fmt.Println(server.Address())
	select {}
}

// testOptions are for a server on databases of its own, which are dropped at the end of the test.
func testOptions(t *testing.T) TemporalOptions {
	t.Helper()
	postgresURL := pgtest.Database(t)
	name := fmt.Sprintf("temporal_test_%d", time.Now().UnixNano())
	t.Cleanup(func() {
		db, err := sql.Open("postgres", postgresURL)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		for _, database := range []string{name, visibilityDatabase(name)} {
			if _, err := db.ExecContext(context.WithoutCancel(t.Context()), `drop database if exists `+pq.QuoteIdentifier(database)+` with (force)`); err != nil {
				t.Errorf("drop %s: %v", database, err)
			}
		}
	})
	return TemporalOptions{
		PostgresURL:      postgresURL,
		Database:         name,
		SearchAttributes: map[string]enumspb.IndexedValueType{"Stage": enumspb.INDEXED_VALUE_TYPE_KEYWORD},
		Logger:           slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
}

func start(t *testing.T, options TemporalOptions) *Temporal {
	t.Helper()
	began := time.Now()
	server, err := StartTemporal(context.WithoutCancel(t.Context()), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	t.Logf("serving after %s", time.Since(began).Round(time.Millisecond))
	return server
}

func dial(t *testing.T, address string) client.Client {
	t.Helper()
	c, err := client.DialContext(t.Context(), client.Options{
		HostPort: address,
		Logger:   sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// waiting is a workflow that ends with the signal "go on".
func waiting(ctx workflow.Context) (string, error) {
	var word string
	workflow.GetSignalChannel(ctx, "go on").Receive(ctx, &word)
	return word, nil
}

// staged sets a search attribute on its own account, which another service checks than at a start.
func staged(ctx workflow.Context, stage string) error {
	return workflow.UpsertTypedSearchAttributes(ctx, temporal.NewSearchAttributeKeyKeyword("Stage").ValueSet(stage))
}

func startWorker(t *testing.T, c client.Client) {
	t.Helper()
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflow(waiting)
	w.RegisterWorkflow(staged)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
}

func TestTemporalServes(t *testing.T) {
	options := testOptions(t)
	server := start(t, options)
	c := dial(t, server.Address())
	startWorker(t, c)

	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{TaskQueue: queue, WorkflowTaskTimeout: 2 * time.Second}, staged, "declared")
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Get(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	description, err := c.DescribeWorkflowExecution(t.Context(), run.GetID(), run.GetRunID())
	if err != nil {
		t.Fatal(err)
	}
	if got := description.GetWorkflowExecutionInfo().GetHistoryLength(); got > 6 {
		t.Errorf("history of %d events: the workflow task failed at first, so the search attribute was not known", got)
	}
	awaitCount(t, c, "Stage = 'declared'", 1)

	if err := answers(t.Context(), server.UIURL()+"/"); err != nil {
		t.Error(err)
	}
	if err := answers(t.Context(), server.UIURL()+"/api/v1/namespaces/default/workflows"); err != nil {
		t.Error(err)
	}
}

func TestTemporalRestarts(t *testing.T) {
	options := testOptions(t)
	first := start(t, options)

	// The start gives up on a database that another server has.
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := StartTemporal(ctx, options); err == nil || !strings.Contains(err.Error(), "another Temporal server runs on the database") {
		t.Errorf("a second server on the same database: %v", err)
	}

	first.Stop()
	options.SearchAttributes["Due"] = enumspb.INDEXED_VALUE_TYPE_DATETIME
	second := start(t, options)
	awaitCount(t, dial(t, second.Address()), "Stage is null and Due is null", 0)
	second.Stop()

	options.SearchAttributes["Stage"] = enumspb.INDEXED_VALUE_TYPE_INT
	if _, err := StartTemporal(t.Context(), options); err == nil || !strings.Contains(err.Error(), `"Stage" is a Keyword, not a Int`) {
		t.Errorf("another type for a search attribute: %v", err)
	}
}

func TestTemporalMakesADatabaseAnewThatWasLeftUnfinished(t *testing.T) {
	options := testOptions(t)
	cluster, err := newCluster(options.PostgresURL)
	if err != nil {
		t.Fatal(err)
	}
	execute := func(database, statement string) {
		t.Helper()
		db, err := cluster.open(database)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	unfinished := visibilityDatabase(options.Database) + "_unfinished"
	execute("", "create database "+pq.QuoteIdentifier(unfinished))
	execute(unfinished, "create table executions_visibility (half int)") // as a kill in the middle leaves it
	server := start(t, options)
	awaitCount(t, dial(t, server.Address()), "Stage is null", 0)
}

func TestTemporalStopsWithContext(t *testing.T) {
	options := testOptions(t)
	ctx, cancel := context.WithCancel(t.Context())
	server, err := StartTemporal(ctx, options)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	err = poll(t.Context(), 20*time.Second, func(ctx context.Context) error {
		var dialer net.Dialer
		connection, err := dialer.DialContext(ctx, "tcp", server.Address())
		if err != nil {
			return nil
		}
		return errors.Join(errors.New("it still listens"), connection.Close())
	})
	if err != nil {
		t.Error(err)
	}
	server.Stop()
}

func TestTemporalSurvivesKill(t *testing.T) {
	options := testOptions(t)
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	victim := exec.CommandContext(t.Context(), executable)
	victim.Env = append(os.Environ(), victimURL+"="+options.PostgresURL, victimDatabase+"="+options.Database)
	output, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = victim.Process.Kill() })
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatalf("the process to kill said %q: %v", line, err)
	}

	c := dial(t, strings.TrimSpace(line))
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{TaskQueue: queue}, waiting)
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, output)
	if err := victim.Wait(); err == nil {
		t.Fatal("the killed process ended well")
	}

	server := start(t, options)
	c = dial(t, server.Address())
	startWorker(t, c)
	if err := c.SignalWorkflow(t.Context(), run.GetID(), "", "go on", "still here"); err != nil {
		t.Fatal(err)
	}
	var word string
	if err := c.GetWorkflow(t.Context(), run.GetID(), "").Get(t.Context(), &word); err != nil {
		t.Fatal(err)
	}
	if word != "still here" {
		t.Errorf("the workflow returned %q", word)
	}
}

func awaitCount(t *testing.T, c client.Client, query string, want int64) {
	t.Helper()
	err := poll(t.Context(), 20*time.Second, func(ctx context.Context) error {
		count, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Query: query})
		if err != nil {
			return err
		}
		if count.GetCount() != want {
			return fmt.Errorf("%s: %d workflows, want %d", query, count.GetCount(), want)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
