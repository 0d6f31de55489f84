package bsdd

// How far along its way a BSDD is. Those from Stored to Resent are of the way over a
// temporary storage only.
const (
	Draft = iota
	Sealed
	Emitted
	Sent
	Stored
	StorageJudged
	Resealed
	EmittedOnward
	Resent
	Arrived
	Judged
	Processed
)

// Refused is the status of a BSDD whose waste was refused.
const Refused = "REFUSED"

var ranks = map[string]int{
	"DRAFT": Draft, "SEALED": Sealed, "SIGNED_BY_PRODUCER": Emitted, "SENT": Sent,
	"TEMP_STORED": Stored, "TEMP_STORER_ACCEPTED": StorageJudged, "RESEALED": Resealed, "SIGNED_BY_TEMP_STORER": EmittedOnward, "RESENT": Resent,
	"RECEIVED": Arrived, "ACCEPTED": Judged, Refused: Judged,
	"PROCESSED": Processed, "NO_TRACEABILITY": Processed, "AWAITING_GROUP": Processed, "GROUPED": Processed, "FOLLOWED_WITH_PNTTD": Processed,
}

// Rank is how far along its way a BSDD of that status is; false for one that is not
// on it (cancelled, or a status that we do not know).
func Rank(status string) (n int, known bool) {
	n, known = ranks[status]
	return n, known
}
