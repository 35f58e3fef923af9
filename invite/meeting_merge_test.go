package invite_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/invite"
)

// TestMergeNumbers: changes find their deliveries if the numbers follow each other, if
// they have gaps, and if they are in no order.
func TestMergeNumbers(t *testing.T) {
	for _, tt := range []struct {
		name    string
		numbers []int
		changed []int
		want    []int
	}{
		{"following", []int{3, 4, 5}, []int{5, 3}, []int{3, 4, 5}},
		{"gaps", []int{0, 2, 7}, []int{7, 2}, []int{0, 2, 7}},
		{"no order", []int{4, 1, 3}, []int{3, 4, 1}, []int{4, 1, 3}},
		{"new ones", []int{0, 1}, []int{1, 2, 3, 2}, []int{0, 1, 2, 3}},
		{"empty", nil, []int{5, 6}, []int{5, 6}},
	} {
		m := &invite.Meeting{}
		for _, n := range tt.numbers {
			m.Deliveries = append(m.Deliveries, invite.Delivery{N: n, State: invite.DeliveryPending})
		}
		isChanged := make(map[int]bool)
		var changed []invite.Delivery
		for _, n := range tt.changed {
			changed = append(changed, invite.Delivery{N: n, State: invite.DeliveryDelivered})
			isChanged[n] = true
		}
		m.Merge(changed)
		var want []invite.Delivery
		for _, n := range tt.want {
			d := invite.Delivery{N: n, State: invite.DeliveryPending}
			if isChanged[n] {
				d.State = invite.DeliveryDelivered
			}
			want = append(want, d)
		}
		if diff := cmp.Diff(want, m.Deliveries); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.name, diff)
		}
	}
}
