package accounts

import (
	"context"
	"fmt"

	"github.com/framefox-go/framefox/ent"
)

// NewUser is what an account begins with.
type NewUser struct {
	Username  string
	Email     string
	Password  string // is sealed before it is stored
	FirstName string
	LastName  string
}

// NewProfile is what a profile begins with. What is empty is left out; without a
// time zone it is UTC.
type NewProfile struct {
	Bio      string
	Phone    string
	Website  string
	Timezone string
}

func (u NewUser) fill(c *ent.UserCreate) *ent.UserCreate {
	return c.SetUsername(u.Username).SetEmail(u.Email).SetPassword(u.Password).
		SetNillableFirstName(given(u.FirstName)).SetNillableLastName(given(u.LastName)).SetIsActive(true)
}

func (p NewProfile) fill(c *ent.UserProfileCreate, userID int64) *ent.UserProfileCreate {
	return c.SetUserID(userID).SetBio(p.Bio).SetNillablePhone(given(p.Phone)).
		SetNillableWebsite(given(p.Website)).SetNillableTimezone(given(p.Timezone))
}

// given is nil for what was left empty.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// CreateWithProfile makes an active user and the profile. The error is an
// *entity.ValidationError that lists all that is wrong with one of them, before
// anything was written, or an *entity.ConflictError that says which value is
// taken. It is for callers who may know that: the public goes by SignUp.
func (s *Service) CreateWithProfile(ctx context.Context, u NewUser, p NewProfile) (*ent.User, error) {
	var created *ent.User
	err := s.transact(ctx, func(ctx context.Context) error {
		row, err := u.fill(s.client.User.Create()).Save(ctx)
		if err != nil {
			return err
		}
		profile, err := p.fill(s.client.UserProfile.Create(), row.ID).Save(ctx)
		if err != nil {
			return err
		}
		row.Edges.Profile, created = profile, row
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("accounts: cannot create a user with a profile: %w", err)
	}
	return created, nil
}
