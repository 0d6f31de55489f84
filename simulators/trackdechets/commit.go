package trackdechets

import "slices"

// act is who did what: the mutation's name, or the name of the register's own job with nobody behind it.
type act struct {
	name, user, company string
	input               map[string]any
}

// commit makes a mutation's effect on a form stand, together with what it did to other forms, and answers the form.
func (b *Backend) commit(c *call, f *Form, company string, input map[string]any, also ...*Form) (any, error) {
	if err := b.stand(act{c.field.Name, c.user.Email, company, input}, slices.Concat([]*Form{f}, also)); err != nil {
		return nil, err
	}
	b.counters.Effects[c.field.Name]++
	return b.wire(f), nil
}

// stand makes an effect on forms and records durable and visible, in one piece, and tells the webhooks.
func (b *Backend) stand(done act, forms []*Form, records ...*Record) error {
	now := b.now()
	grouped := false
	for _, f := range forms {
		f.UpdatedAt = now
		before := map[string]any{}
		if old, ok := b.books.forms[f.ID]; ok {
			before = old.Data
			grouped = grouped || len(old.fractions()) > 0
		}
		grouped = grouped || len(f.fractions()) > 0 || len(b.books.groups[f.ID]) > 0
		f.Log = append(f.Log, Entry{
			Name: done.name, At: now, User: done.user, Company: done.company, Status: f.Status, Input: done.input,
			Updated: changes(before, f.Data),
		})
	}
	for _, r := range records {
		r.UpdatedAt = now
	}
	notices := b.notices(forms, records)
	if err := b.books.commit(forms, records); err != nil {
		return err
	}
	if grouped && done.name != regrouping {
		b.regroupLater()
	}
	b.deliver(notices)
	return nil
}

// changes are the fields that differ, with their new values: objects field by field, of transporters the one that
// changed, under "transporter".
func changes(before, after map[string]any) map[string]any {
	changed := map[string]any{}
	for key, value := range after {
		if old, had := before[key]; (had && same(old, value)) || (!had && value == nil) {
			continue
		}
		if key == "transporters" {
			if carrier := changedCarrier(objects(before, key), objects(after, key)); carrier != nil {
				changed["transporter"] = carrier
			}
			continue
		}
		old, wasObject := before[key].(map[string]any)
		if inner, isObject := value.(map[string]any); isObject && wasObject {
			if fields := changes(old, inner); fields != nil {
				changed[key] = fields
			}
			continue
		}
		changed[key] = clone(value)
	}
	if len(changed) == 0 {
		return nil
	}
	return changed
}

func changedCarrier(before, after []map[string]any) map[string]any {
	for i, carrier := range after {
		old := map[string]any{}
		if i < len(before) {
			old = before[i]
		}
		if !same(old, carrier) {
			return changes(old, carrier)
		}
	}
	return nil
}
