package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluss"
	trackdechets "sluss/registries/trackdechets/sim"
)

// testQuota has two processes with two engines share a small quota.
func testQuota(t *testing.T, h *House) {
	t.Helper()
	const batches = 60
	backend, err := trackdechets.New(trackdechets.Options{Quota: trackdechets.Quota{Calls: 40, Per: 5 * time.Second}})
	must(t, err)
	tokens := t.TempDir()
	for _, company := range frenchCompanies() {
		must(t, backend.AddCompany(company))
		token := "token-of-" + company.Siret + "-for-the-test-of-quotas"
		must(t, backend.AddUser(trackdechets.User{Token: token, Name: company.Name, Email: company.Siret + "@example.org", Roles: map[string]trackdechets.Role{company.Siret: trackdechets.Member}}))
		must(t, os.WriteFile(filepath.Join(tokens, company.Siret+".token"), []byte(token), 0o600))
	}
	server := httptest.NewServer(backend)
	t.Cleanup(server.Close)
	settings, err := os.ReadFile(h.ConfigFile)
	must(t, err)
	common, _, _ := strings.Cut(string(settings), "registries:\n")
	file := filepath.Join(t.TempDir(), "sluss.yaml")
	must(t, os.WriteFile(file, fmt.Appendf(nil, "%sregistries:\n  trackdechets:\n    environment: test\n    base_url: %s\n    quota: 40/5s\n    tokens_dir: %s\n", common, server.URL, tokens), 0o600))

	h.stopEngine()
	h.engine = startEngine(t, file)
	startWorkerProcess(t, file)
	began := time.Now()
	for n := range batches {
		h.declare(t, example(t, "fr-solvents", fmt.Sprintf("QUOTA-%02d", n+1)))
	}
	eventually(t, 2*time.Minute, func(ctx context.Context) error {
		receipts, err := h.receiptsOf(ctx, "QUOTA-")
		if len(receipts) < 2*batches {
			return fmt.Errorf("%d receipts, %v", len(receipts), err)
		}
		return nil
	})
	t.Logf("%d calls in %s", backend.Counters().Requests, since(began))

	counters := backend.Counters()
	if counters.OverQuota != 0 {
		t.Errorf("%d calls were refused for the quota", counters.OverQuota)
	}
	documents := map[string]int{}
	for _, form := range backend.Books() {
		documents[form.CustomID]++
		if form.Status != trackdechets.Sealed {
			t.Errorf("%s is %s", form.CustomID, form.Status)
		}
	}
	for id, n := range documents {
		if n != 1 {
			t.Errorf("%s was created %d times", id, n)
		}
	}
	if len(documents) != batches || counters.Effects["createForm"] != batches || counters.Effects["markAsSealed"] != batches {
		t.Errorf("%d documents of %d batches; effects %v", len(documents), batches, counters.Effects)
	}
	actors := map[string]int{}
	for n := range batches {
		attempts, err := h.Desk.Ledger.Attempts(t.Context(), sluss.FilingID("", fmt.Sprintf("QUOTA-%02d", n+1), "fr.creation"))
		must(t, err)
		for _, a := range attempts {
			actors[a.Actor]++
		}
	}
	if len(actors) != 2 {
		t.Errorf("the calls were made by %v, want both processes", actors)
	}
}

// workerProcess is a worker in a process of its own.
type workerProcess struct {
	command *exec.Cmd
	ended   bool
}

// startWorkerProcess starts a worker and returns when it polls.
func startWorkerProcess(t *testing.T, file string) *workerProcess {
	t.Helper()
	log := filepath.Join(t.TempDir(), "worker.log")
	output, err := os.Create(log)
	must(t, err)
	w := &workerProcess{command: exec.CommandContext(context.WithoutCancel(t.Context()), program(t, "worker"), "--config", file)}
	w.command.Stdout, w.command.Stderr = output, output
	must(t, w.command.Start())
	must(t, output.Close())
	t.Cleanup(func() {
		if !w.ended {
			w.kill(t)
		}
	})
	eventually(t, time.Minute, func(context.Context) error {
		said, err := os.ReadFile(log)
		if err != nil || !strings.Contains(string(said), "the worker is ready") {
			return fmt.Errorf("the worker said %q, %v", said, err)
		}
		return nil
	})
	return w
}

// kill ends the process as a power cut would.
func (w *workerProcess) kill(t *testing.T) {
	t.Helper()
	must(t, w.command.Process.Kill())
	w.ended = true
	if err := w.command.Wait(); err == nil {
		t.Error("the killed worker ended well")
	}
}
