package kinds

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/tree"
)

// The tables of stages say from which status an act leads to which, and only if; a dash stands for no condition, and for
// a status that the act itself finds. The tables of fields say of each field by which step it is required (and only if),
// and by which it is sealed for everybody and for the emitter; then its name in messages. A dash means never, or no name.
// A name that starts with "=" is the whole message of the requirement. Fields of "transporter" are those of the
// transporter that signs.
//
//go:embed tables/*.tsv
var tables embed.FS

// Field is one line of a table of fields.
type Field struct{ Path, Required, Condition, Sealed, SealedForEmitter, Name string }

// Load reads the tables of all kinds, once for the whole process.
var Load = sync.OnceValue(func() error {
	for _, k := range All {
		if err := k.load("stages", 4, k.addEdge); err != nil {
			return err
		}
		if err := k.load("fields", 6, k.addField); err != nil {
			return err
		}
	}
	return nil
})

// load reads one table of the kind line by line.
func (k *Kind) load(table string, columns int, add func([]string) error) error {
	file := "tables/" + k.file() + "." + table + ".tsv"
	raw, err := tables.ReadFile(file)
	if err != nil {
		return err
	}
	for row := range strings.Lines(string(raw)) {
		if strings.HasPrefix(row, "#") {
			continue
		}
		cells := strings.Split(strings.TrimRight(row, "\r\n"), "\t")
		if len(cells) != columns {
			return fmt.Errorf("%s: a line has %d columns, not %d: %q", file, len(cells), columns, row)
		}
		if err := add(cells); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// file is the name of the kind's tables.
func (k *Kind) file() string {
	if k.isForm() {
		return "bsdd"
	}
	return strings.ToLower(k.Name)
}

func (k *Kind) addEdge(cells []string) error {
	guard, err := guardOf(cells[3])
	k.edges = append(k.edges, Edge{records.Status(cells[0]), cells[1], records.Status(strings.TrimPrefix(cells[2], "-")), guard})
	return err
}

func (k *Kind) addField(cells []string) error {
	f := Field{cells[0], cells[1], cells[2], cells[3], cells[4], capital(cells[5])}
	if _, known := conditions[f.Condition]; !known {
		return fmt.Errorf("the condition %q of %s is unknown", f.Condition, f.Path)
	}
	for _, step := range []string{f.Required, f.Sealed, f.SealedForEmitter} {
		if step != "-" && step != emissionOrWork && k.Place(step) < 0 {
			return fmt.Errorf("the step %q of %s is unknown", step, f.Path)
		}
	}
	k.fields = append(k.fields, f)
	return nil
}

func capital(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}

// emissionOrWork counts as WORK where somebody works before the transport, and as EMISSION elsewhere.
const emissionOrWork = "EMISSION/WORK"

// by is the place of a step of the table; -1 for never.
func (k *Kind) by(step string, d *Document) int {
	if step == emissionOrWork {
		step = "WORK"
		if hasNoWorker(d) {
			step = "EMISSION"
		}
	}
	return k.Place(step)
}

// required adds a fault for each field that is not there and that a step up to the check's requires; with only, that the
// check's own step requires.
func (c *Check) required(only bool) {
	transport := c.Kind.Place("TRANSPORT")
	for _, f := range c.Kind.fields {
		place := c.Kind.by(f.Required, c.Document)
		if place < 0 || place > c.Step || (only && place != c.Step) {
			continue
		}
		data, path, name := c.Data, f.Path, f.Name
		if rest, ofCarrier := strings.CutPrefix(f.Path, "transporter."); ofCarrier && c.Kind.Several {
			if c.Step != transport {
				continue // looked at when it signs
			}
			data, name = map[string]any{"transporter": c.Carrier}, strings.ReplaceAll(name, "%d", fmt.Sprint(c.Nth))
			if !c.Kind.isForm() {
				path = fmt.Sprintf("transporters.%d.%s", c.Nth, rest)
			}
		}
		if !conditions[f.Condition](c, strings.TrimSuffix(f.Path, "."+lastOf(f.Path))) {
			continue
		}
		if value := tree.At(data, f.Path); !tree.Blank(value) || isFlag(f.Path) {
			continue
		}
		message := strings.TrimPrefix(name, "=")
		if message == name {
			message = fmt.Sprintf(c.Kind.Says.Required, name)
		}
		c.faults = append(c.faults, Fault{Path: path, Message: message, Extra: c.Kind.Shapes[f.Path]})
	}
}

func lastOf(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// isFlag: a truth value that is not given is false, but whether a mass is an estimate must be said.
func isFlag(path string) bool {
	last := lastOf(path)
	return (strings.HasPrefix(last, "is") && last != "isEstimate") || last == "pop"
}

// closed are the statuses in which everything is sealed that is ever sealed.
var closed = []records.Status{Refused, Processed, NoTraceability, FollowedWithPNTTD, CanceledStatus, "AWAITING_CHILD", AwaitingGroup, Grouped}

// SealedFields are the fields that the steps passed so far have sealed for a user.
func (k *Kind) SealedFields(d *Document, asEmitter bool) []Field {
	if k.MaySkipSeal != nil && k.MaySkipSeal(d) {
		return nil
	}
	reached := k.Reached(d)
	if slices.Contains(closed, d.Status) {
		reached = len(k.Steps)
	}
	var sealed []Field
	for _, f := range k.fields {
		step := f.Sealed
		if asEmitter && f.SealedForEmitter != "-" {
			step = f.SealedForEmitter
		}
		if place := k.by(step, d); place >= 0 && place <= reached {
			sealed = append(sealed, f)
		}
	}
	return sealed
}

// value is what stands in a field.
func value(d *Document, path string) any {
	if path == "customId" {
		return d.CustomID
	}
	return tree.At(d.Data, path)
}

// Changed are the sealed fields that an update has changed, and the transporters that had signed. A temporary storage of a
// BSDA may come in, or go out again, until the transport: the destination becomes the next one.
func (k *Kind) Changed(before, after *Document, asEmitter bool) []Fault {
	relayed := k.Name == "Bsda" && k.Reached(before) < k.Place("TRANSPORT") && !tree.Same(value(before, nextDestination), value(after, nextDestination))
	var changed []Fault
	for _, f := range k.SealedFields(before, asEmitter) {
		if f.Path == "transporters" || tree.Same(value(before, f.Path), value(after, f.Path)) {
			continue
		}
		if relayed && slices.Contains([]string{"destination.company.name", "destination.company.siret", "destination.company.address", "destination.plannedOperationCode"}, f.Path) {
			continue
		}
		changed = append(changed, Fault{Path: f.Path, Message: fmt.Sprintf(k.Says.Sealed, k.sealedName(f))})
	}
	now := k.Transporters(after)
	for i, old := range k.Transporters(before) {
		received := k.Reached(before) >= k.Place("RECEPTION")
		if !k.Several || (!HasSigned(old) && !received) || (i < len(now) && tree.Same(old, now[i])) {
			continue
		}
		name := fmt.Sprintf("transporters[%d]", i)
		if i == 0 && k.isForm() {
			name = "transporter"
		}
		changed = append(changed, Fault{Path: "transporters", Message: name})
	}
	return changed
}

// nextDestination is where a BSDA goes on from a temporary storage.
const nextDestination = "destination.operation.nextDestination"

// sealedName is the field's name, or of a BSDD its column.
func (k *Kind) sealedName(f Field) string {
	if !k.isForm() && f.Name != "-" {
		return f.Name
	}
	return column(f.Path)
}

// column is a field in the words of the registry's own tables: wasteDetails.quantity is wasteDetailsQuantity.
func column(path string) string {
	words := strings.Split(path, ".")
	for i := 1; i < len(words); i++ {
		words[i] = capital(words[i])
	}
	return strings.Join(words, "")
}

// Missing lists the fields that the check's step, or one before it, requires and that are not there.
func (c *Check) Missing() []Fault {
	return c.Found(func(c *Check) { c.required(false) })
}
