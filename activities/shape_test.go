package activities_test

import (
	"reflect"
	"testing"

	"sluss/activities"
)

// TestNoResultIsNil: Temporal writes no payload for a result that is a nil pointer,
// and with a key, a missing payload is refused.
func TestNoResultIsNil(t *testing.T) {
	for _, of := range []any{
		(*activities.Activities)(nil), (*activities.Tasks)(nil), (*activities.Sync)(nil), (*activities.Results)(nil), (*activities.Reviving)(nil), (*activities.ReferenceData)(nil),
	} {
		for method := range reflect.TypeOf(of).Methods() {
			if result := method.Type.Out(0); method.Type.NumOut() > 1 && (result.Kind() == reflect.Pointer || result.Kind() == reflect.Interface) {
				t.Errorf("%s gives a %s: give a struct that holds it", method.Name, result)
			}
		}
	}
}
