package trackdechets

import (
	"crypto/rand"
	"crypto/sha256"
	"math/big"
	"time"
)

func randomText(alphabet string, length int) string {
	letters := make([]byte, length)
	for i := range letters {
		// crypto/rand never fails on the platforms Go supports.
		n, _ := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		letters[i] = alphabet[n.Int64()]
	}
	return string(letters)
}

func newID() string { return "c" + randomText("0123456789abcdefghijklmnopqrstuvwxyz", 24) }

// newReadableID is an id for people; the prefix tells the kind of document.
func newReadableID(prefix string, now time.Time) string {
	return prefix + "-" + now.Format("20060102") + "-" + randomText("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 9)
}

// derivedID is an opaque id that follows from what it is the id of.
func derivedID(of string) string {
	sum := sha256.Sum256([]byte(of))
	written := new(big.Int).SetBytes(sum[:]).Text(36)
	return "c" + written[:24]
}
