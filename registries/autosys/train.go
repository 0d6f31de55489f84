package autosys

import (
	"fmt"
	"slices"

	"sluss"
)

const (
	trainField       = weightsField + "tillattVogntogvekt"
	trainRoadField   = weightsField + "tillattVogntogvektVeg"
	trailerField     = weightsField + "tillattTilhengervektMedBrems"
	semitrailerField = weightsField + "tekniskTillattVektSemitilhenger"
)

// pulls compares a combination of one lorry and trailers with what the lorry may be part of, and may pull.
func (fs *findings) pulls(load Load, combination []known) {
	var trailers []known
	lorry := slices.IndexFunc(combination, func(v known) bool { return v.kind == sluss.Lorry })
	for i, v := range combination {
		if i != lorry {
			trailers = append(trailers, v)
		}
	}
	if lorry < 0 || len(trailers) == 0 || slices.ContainsFunc(trailers, func(v known) bool { return v.kind == sluss.Lorry }) {
		return
	}
	fs.weighs(load, combination[lorry], combination)
	fs.tows(load, combination[lorry], trailers)
}

// weighs compares the weight of the whole combination with the lorry's train weight. Where a kerb mass is missing it
// is at least what the others weigh.
func (fs *findings) weighs(load Load, lorry known, combination []known) {
	weight, complete := kerbs(combination)
	weight += load.Mass
	limit, field, limited := lorry.train()
	reason := sluss.Reason{Code: field, Field: loadField, Remedy: biggerVehicle}
	switch {
	case limited && weight > limit:
		reason.Message = fmt.Sprintf("the combination weighs %s with its load, and the lorry may not be part of one of more than %s", weight, limit)
		fs.add(trainWeight, reason)
	case limited && near(weight, limit):
		reason.Message = fmt.Sprintf("the combination weighs %s with its load, within a tenth of the %s that the lorry may be part of", weight, limit)
		fs.add(trainWeightNear, reason)
	case !limited || !complete:
		reason.Message, reason.Remedy = "the registry has no train weight for the lorry, or not the kerb masses of all its vehicles", weighIt
		fs.add(trainWeightUnknown, reason)
	}
}

// train is the least of the lorry's train weights, and its field; it has one by construction and one for the road.
func (v known) train() (limit sluss.Mass, field string, ok bool) {
	limit, ok = mass(v.weights().Train)
	if road, more := mass(v.weights().TrainRoad); more && (!ok || road < limit) {
		return road, trainRoadField, true
	}
	return limit, trainField, ok
}

// tows compares what the trailers weigh at least, with the part of the load that the lorry cannot carry itself, with
// what the lorry may pull.
func (fs *findings) tows(load Load, lorry known, trailers []known) {
	limit, ok := mass(lorry.weights().BrakedTrailer)
	reason := sluss.Reason{Code: trailerField, Field: loadField, Remedy: "put more of the load on the lorry, or take a lorry that may pull more"}
	if lorry.pullsOnly() {
		limit, ok = mass(lorry.weights().TechnicalSemitrailer)
		reason.Code = semitrailerField
	}
	if !ok {
		return
	}
	weight, _ := kerbs(trailers)
	if own, known := lorry.payload(); lorry.pullsOnly() {
		weight += load.Mass
	} else if known {
		weight += max(0, load.Mass-own)
	}
	switch {
	case weight > limit:
		reason.Message = fmt.Sprintf("the trailers weigh at least %s with their part of the load, and the lorry may not pull more than %s", weight, limit)
		fs.add(trailerWeight, reason)
	case near(weight, limit):
		reason.Message = fmt.Sprintf("the trailers weigh at least %s with their part of the load, within a tenth of the %s that the lorry may pull", weight, limit)
		fs.add(trailerWeightNear, reason)
	}
}

// kerbs is the sum of the kerb masses that are known, and whether that is all of them.
func kerbs(vehicles []known) (sum sluss.Mass, complete bool) {
	complete = true
	for _, v := range vehicles {
		kerb, ok := mass(v.weights().Kerb)
		sum += kerb
		complete = complete && ok
	}
	return sum, complete
}
