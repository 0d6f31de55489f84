package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/ledger"
	"sluss/service"
	"sluss/workflows"
)

// toFill are the placeholders in commands, each with a value that fits.
var toFill = strings.NewReplacer("MASS", "1250kg", "PATH=VALUE", "waste.mass=1", "VALUE", "1", "BATCH", "VO-1", "FILING", "VO-1/se.removal", "LINE", "1")

// accepted runs a command line up to the call of the service, which does not run: by
// then all checks of the arguments are done.
func accepted(t *testing.T, line string) {
	t.Helper()
	t.Setenv("SLUSS_API_URL", "http://127.0.0.1:1")
	t.Setenv("SLUSS_PERSON", "Karin Holm")
	args, isCommand := strings.CutPrefix(toFill.Replace(line), "starter ")
	if !isCommand {
		t.Errorf("%q is no command", line)
		return
	}
	if code, _, errs := try(t, words(args)...); code == exitUsage && !strings.Contains(errs, "no such file") {
		t.Errorf("%s: %s", line, errs)
	}
}

// quoted is one word of a shell command.
var quoted = regexp.MustCompile(`(?:'[^']*'|\\.|[^\s'\\])+`)

// words are the words of a command as a shell reads them.
func words(line string) []string {
	list := quoted.FindAllString(line, -1)
	for i, word := range list {
		var plain strings.Builder
		inside := false
		for j := 0; j < len(word); j++ {
			switch {
			case word[j] == '\'':
				inside = !inside
			case word[j] == '\\' && !inside:
				j++
				plain.WriteByte(word[j])
			default:
				plain.WriteByte(word[j])
			}
		}
		list[i] = plain.String()
	}
	return list
}

// The printed commands are valid for every role and every stage.
func TestWhatIsPrintedToDoIsUnderstood(t *testing.T) {
	t.Chdir(t.TempDir())
	lines := map[string]bool{}
	for _, role := range sluss.Signers() {
		for _, stage := range sluss.FilingStages() {
			for _, note := range sluss.ReportKinds() {
				for _, id := range []sluss.ObligationID{"se.transport#1", "fr.take-over#12", "se.treatment#2026-Q4", "se.transport#1.amend2", "no.clearance#1.again1"} {
					f := ledger.Filing{
						ID: sluss.NewBatchID("", "A-1").Filing(id), Batch: sluss.NewBatchID("", "A-1"), Open: true, Stage: stage, Waiting: role, Hash: "sha256:0f",
						Obligation: sluss.Obligation{ID: id, Report: note, Registry: sluss.Avfallsregistret}, Reasons: []sluss.Reason{{Field: "legs.0.to.address"}},
						Clearance: &sluss.Clearance{OverrideBy: []sluss.Role{role}},
					}
					for _, line := range nextCommands(service.Seen(f)) {
						lines[line] = true
					}
				}
			}
		}
	}
	for _, kind := range sluss.EventKinds()[1:] {
		for leg := range 3 {
			switch begins := kind == sluss.PickedUp || kind == sluss.HandedOver; {
			case kind == sluss.HandedOver && leg == 1, begins && leg == 0, (kind == sluss.Treated || kind == sluss.Cancelled) && leg != 0:
				continue // there is no such event
			}
			lines[eventCommand("batch/north/A-1", sluss.NewEventID(kind, leg))] = true
		}
	}
	for _, kind := range []string{workflows.ActAmend, "results"} {
		lines[outdatedCommand(service.Outdated{Kind: kind, Filing: "filing/default/A-1/se.treatment#2026-Q4", Set: map[string]string{"waste.name": "it's $5", "result.mass": "1.1250"}})] = true
	}
	lines[outdatedCommand(service.Outdated{Kind: workflows.ActAmend, Filing: "filing/default/A-1/se.transport#1", Remove: []string{"legs.1"}, Add: map[string]json.RawMessage{"legs.0": []byte(`{"mode":"road"}`)}})] = true
	lines[outdatedCommand(service.Outdated{Kind: workflows.ActAmend, Filing: "filing/default/A-1/se.transport#1", Annul: sluss.WrongOperator})] = true
	s := &starter{zone: winter, now: func() time.Time { return today }}
	var answers strings.Builder
	s.writeRevisions(&answers, []sluss.Revision{{ID: "cm3x", Company: "00000000283390"}, {ID: "cm3y", Ours: true}})
	for line := range strings.Lines(answers.String()) {
		if _, line, found := strings.Cut(line, "starter "); found {
			lines["starter "+strings.TrimSpace(line)] = true
		}
	}
	if len(lines) < 100 {
		t.Fatalf("only %d commands", len(lines))
	}
	for line := range lines {
		accepted(t, line)
	}
}

// A declaration may name every signer for its approval, and each can sign.
func TestEveryRoleThatApprovesCanSign(t *testing.T) {
	l := opened(t)
	for i, role := range sluss.Signers() {
		d := example(t, "se-waste-oil.json", "", fmt.Sprintf("TR-%d", i))
		o := obligation("se.transport#1", sluss.ReportTransport, sluss.Avfallsregistret, noon)
		o.Signer = role
		file(t, l, d, produced(t, l, d), o, sluss.StageSignature, role)
		filings, err := l.Filings(t.Context(), d.ID())
		if err != nil || len(filings) != 1 || len(nextCommands(service.Seen(filings[0]))) != 1 {
			t.Fatalf("%s: %v, %v", role, filings, err)
		}
		line := strings.TrimPrefix(nextCommands(service.Seen(filings[0]))[0], "starter ") + " --dry-run"
		if code, out, errs := try(t, words(line)...); code != exitOK || !strings.Contains(out, "se.transport#1") {
			t.Errorf("%s: exit %d, %s%s", line, code, out, errs)
		}
	}
}

// printed is a command in backticks, in a text for people.
var printed = regexp.MustCompile("`starter ([^`]*)`")

// formatted is a command that a text is made of, as Temporal's UI shows it.
var formatted = regexp.MustCompile(`^[a-z-]+ (%s|FILE)( [A-Za-z%=.-]+)* --(role|name|reason|by)\b`)

// Every text of the product, and every page, names commands that there are.
func TestEveryTextNamesCommandsThatThereAre(t *testing.T) {
	found := 0
	verbs := (&starter{}).app().Commands
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && len(entry.Name()) > 2 || entry.Name() == "testdata"):
			return fs.SkipDir
		case strings.HasSuffix(path, ".md"):
			page, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			found += named(t, verbs, path, string(page))
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			for _, text := range literals(t, path) {
				if formatted.MatchString(text) {
					text = "`starter " + text + "`"
				}
				found += named(t, verbs, path, text)
			}
		}
		return nil
	})
	if err != nil || found < 40 {
		t.Fatalf("%d commands, %v", found, err)
	}
}

// literals are the texts of a file of Go; those that + joins are one.
func literals(t *testing.T, path string) (list []string) {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		if text, whole := joinedText(n); whole {
			list = append(list, text)
			return false
		}
		return true
	})
	return list
}

func joinedText(n ast.Node) (string, bool) {
	switch e := n.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, e.Kind == token.STRING && err == nil
	case *ast.BinaryExpr:
		left, ok := joinedText(e.X)
		right, also := joinedText(e.Y)
		return left + right, ok && also
	}
	return "", false
}

// named checks the verb and the options of every command in a text.
func named(t *testing.T, verbs []*cli.Command, path, text string) (found int) {
	t.Helper()
	for _, match := range printed.FindAllStringSubmatch(text, -1) {
		args := words(match[1])
		if len(args) == 0 || strings.HasPrefix(args[0], "%") || args[0] == "VERB" || strings.HasPrefix(args[0], "-") {
			continue
		}
		found++
		at := slices.IndexFunc(verbs, func(v *cli.Command) bool { return v.HasName(args[0]) })
		if at < 0 {
			t.Errorf("%s: there is no verb in %q", path, match[0])
			continue
		}
		for _, word := range args[1:] {
			name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
			known := name == "help" || slices.ContainsFunc(verbs[at].Flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
			if isOption(word) && !known {
				t.Errorf("%s: there is no option %s in %q", path, word, match[0])
			}
		}
	}
	return found
}
