package workflows

import (
	"cmp"

	"sluss"
)

// Extractable tells whether the agency's extract of our notes may show the outcome of
// a filing whose answer was lost.
func Extractable(o sluss.Obligation) bool { return sluss.RegistryOf(o.Registry).Extract }

// lostAnswerText is what a person can do about a filing whose answer was lost, if its
// registry cannot be asked what it has.
func lostAnswerText(c sluss.Content) string {
	registry := c.Obligation.Registry
	return cmp.Or(sluss.RegistryOf(registry).LostAnswer.Of(c),
		registry+" may or may not have taken it and cannot be asked: find out (its own extract, its support), then decide taken or not-taken")
}
