package autosys

import (
	"fmt"
	"slices"

	"sluss"
)

const (
	weightsField  = "godkjenning.tekniskGodkjenning.tekniskeData.vekter."
	payloadField  = weightsField + "nyttelast"
	totalField    = weightsField + "tillattTotalvekt"
	loadField     = "waste.mass"
	biggerVehicle = "take vehicles with more payload, load less, or correct the mass if it is wrong"
	weighIt       = "check the load against the registration card"
)

// carries compares the load with what the combination may carry. The registry's payloads are a guide, so within a
// tenth of the limit it warns. The number of vehicles that there is no data of is given.
func (fs *findings) carries(load Load, combination []known, undescribed int) {
	unknown := undescribed
	var sum sluss.Mass
	for _, v := range combination {
		if v.pullsOnly() {
			continue
		}
		may, ok := v.payload()
		if !ok {
			unknown++
			fs.add(payloadUnknown, sluss.Reason{Code: payloadField, Field: v.field, Message: "the registry has no payload for this vehicle", Remedy: weighIt})
			continue
		}
		sum += may
	}
	reason := sluss.Reason{Code: payloadField, Field: loadField, Remedy: biggerVehicle}
	switch {
	case load.Mass > sum && unknown > 0:
		reason.Message = fmt.Sprintf("the load of %s is more than the %s that the known vehicles may carry; %d of the leg could not be counted", load.Mass, sum, unknown)
		reason.Remedy = "check the load against the papers of the other vehicles"
		fs.add(payloadUnknown, reason)
	case load.Mass > sum:
		reason.Message = fmt.Sprintf("the load of %s is more than the payload of %s", load.Mass, sum)
		fs.add(payload, reason)
	case near(load.Mass, sum):
		reason.Message = fmt.Sprintf("the load of %s is within a tenth of the payload of %s, which is a guide only", load.Mass, sum)
		fs.add(payloadNear, reason)
	}
	if unknown == 0 && load.Mass <= sum {
		fs.bears(load, combination)
	}
	if undescribed == 0 {
		fs.pulls(load, combination)
	}
}

// bears compares the load with what the permitted total weights leave room for: the registry's payloads do not always
// agree with them.
func (fs *findings) bears(load Load, combination []known) {
	var room sluss.Mass
	for _, v := range combination {
		if v.pullsOnly() {
			continue
		}
		more, ok := v.room()
		if !ok {
			return
		}
		room += more
	}
	if load.Mass > room {
		fs.add(totalWeight, sluss.Reason{
			Code: totalField, Field: loadField, Remedy: biggerVehicle,
			Message: fmt.Sprintf("the load of %s is within the payload, but more than the %s that the permitted total weights leave over the kerb masses", load.Mass, room),
		})
	}
}

func near(weight, limit sluss.Mass) bool { return weight > limit-limit/10 }

func (v known) weights() Weights { return v.technical().Data.Weights }

// pullsOnly: a tractor unit. What the registry gives as its payload is the part of the semi-trailer that rests on it.
func (v known) pullsOnly() bool {
	t := v.technical()
	return v.kind == sluss.Lorry && slices.ContainsFunc([]Code{t.Classification.SubCategory, t.Data.Body.Type}, func(c Code) bool {
		return c.Value == "BC" || c.Value == "BD" // bodywork codes of regulation (EU) 2018/858, annex I
	})
}

// payload is what the vehicle may carry, or else what is left of its permitted weight.
func (v known) payload() (sluss.Mass, bool) {
	if may, ok := mass(v.weights().Payload); ok {
		return may, true
	}
	return v.room()
}

// room is what the kerb mass leaves of the permitted total weight.
func (v known) room() (sluss.Mass, bool) {
	total, hasTotal := mass(v.weights().Total)
	kerb, hasKerb := mass(v.weights().Kerb)
	return max(0, total-kerb), hasTotal && hasKerb
}

// heaviest is beyond any vehicle: a greater weight is a mistake.
const heaviest = Kg(1_000_000)

// mass is a weight of the registry, where it has one: it writes 0 for some that it does not know.
func mass(k *Kg) (sluss.Mass, bool) {
	if k == nil || *k <= 0 || *k > heaviest {
		return 0, false
	}
	return sluss.Mass(*k) * sluss.Kilogram, true
}
