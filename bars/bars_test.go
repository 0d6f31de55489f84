package bars

import (
	"bytes"
	"testing"
)

func TestLines(t *testing.T) {
	var text bytes.Buffer
	out = &text
	met := []bool{AtMost("events-of-a-batch", 58, 60), AtMost("memory-MB", 2100.4, 2000), AtLeast("use-of-the-quota", 0.9487, 0.95), AtLeast("ratio", 0.9, 0.9)}
	const want = "BAR events-of-a-batch 58 <=60 ok\nBAR memory-MB 2100 <=2000 short\nBAR use-of-the-quota 0.949 >=0.95 short\nBAR ratio 0.9 >=0.9 ok\n"
	if text.String() != want || !met[0] || met[1] || met[2] || !met[3] {
		t.Errorf("%v\n%s", met, text.String())
	}
}
