"""The bank's customers by index, and a week of any of them."""

from random import Random

from agents.simulator.companies import Company, make_company
from agents.simulator.companies_weeks import write_company_week
from agents.simulator.institutions import Institution, make_institution, write_institution_week
from agents.simulator.pen import Pen
from agents.simulator.people import Person, make_person
from agents.simulator.people_weeks import write_person_week
from agents.simulator.plan import SimulationPlan
from agents.simulator.profiles import Profile, kind_of
from agents.simulator.weeks import Week


def make_customer(plan: SimulationPlan, index: int) -> Profile:
    """The customer with that index, the same whatever the number of customers."""
    match kind_of(index):
        case "person":
            return make_person(plan, index)
        case "company":
            return make_company(plan, index)
        case _:
            return make_institution(plan, index)


def write_week(customer: Profile, week: Week, rng: Random, pen: Pen) -> None:
    """The postings that the customer's habits make in that week."""
    if isinstance(customer, Person):
        write_person_week(customer, week, rng, pen)
    elif isinstance(customer, Company):
        write_company_week(customer, week, rng, pen)
    elif isinstance(customer, Institution):
        write_institution_week(customer, week, rng, pen)
