"""Addresses of the API."""

from django.urls import include, path, re_path
from rest_framework.routers import DefaultRouter

from aid.api import Distributions, Handouts, Items
from aid.stock_api import StockCounts, StockMovements
from casework.api import Cases, CasesOfPeople, Duties, Steps
from casework.letter_api import Letters
from casework.referral_api import Referrals, ReferralsOfCases, Services
from casework.tracing_api import SearchesForPeople, TracingMatches, TracingRequests
from census.api import Census, CensusFile, Snapshots
from census.case_api import CaseNumbersView
from centre.api import Sites, Tokens
from desk.api import Arrivals, Deaths, EmergencyOpenings, HouseholdMovements, Intakes, Merges, PreRegistrations, Voids
from desk.facts_api import Conflicts, Families, People, Undoings
from desk.gate_api import GateCounts
from desk.hospital_api import HospitalWays
from desk.leaving_api import StaysLeft
from desk.list_api import FamiliesList
from desk.log_api import LogLines, ShownFile
from desk.seen_api import Sightings
from desk.told_api import HouseholdBedsTold, HouseholdsTold, IndividualsTold
from houses.api import CallList, Calls, Contracts, Differences, Headcounts, Invoices, Overflows, Tonight
from houses.door_api import Door, WhoSleeps
from houses.nights_api import BedNights, NightsFile
from plans.api import ApartPairs, PlannedFamilies, Plans
from reception.docs import Docs, NoSuchAddress, Schema
from registrations.api import Households, Individuals, Presences
from shelter.api import HouseholdPlaces, Stays
from shelter.inventory_api import Houses, Places, Rooms
from shelter.rolls_api import RollCalls
from shelter.undoing_api import BedActs
from shelter.waiting_api import HouseholdsThatWait, Openings, SiteOpenings, WaitingFacts, WaitingList
from transport.api import HousesBegun, Passengers, Runs

router = DefaultRouter()
router.include_format_suffixes = False
router.register("sites", Houses, basename="house")  # before the addresses that end in a site
router.register("sites", HousesBegun, basename="house-begun")
router.register("sites", Sites)
router.register("sites", SiteOpenings, basename="site-opening")
router.register("rooms", Rooms)
router.register("places", Places)
router.register("households", Households)
router.register("households", HouseholdMovements, basename="household-movement")
router.register("households", Families, basename="family")
router.register("households", HouseholdsTold, basename="household-told")
router.register("households", HouseholdBedsTold, basename="household-beds-told")
router.register("households", HospitalWays, basename="household-hospital")
router.register("households", HouseholdPlaces, basename="household-place")
router.register("households", HouseholdsThatWait, basename="household-waiting")
router.register("waiting", WaitingList, basename="waiting")
router.register("waiting-facts", WaitingFacts)
router.register("openings", Openings)
router.register("individuals", Individuals)
router.register("individuals", Deaths, basename="death")
router.register("individuals", People, basename="person")
router.register("individuals", CasesOfPeople, basename="individual-case")
router.register("individuals", SearchesForPeople, basename="individual-search")
router.register("individuals", IndividualsTold, basename="individual-told")
router.register("acts", Undoings, basename="act")
router.register("conflicts", Conflicts)
router.register("presences", Presences)
router.register("movements", Voids, basename="void")
router.register("stays", Stays)
router.register("bed-acts", BedActs, basename="bed-act")
router.register("stays", StaysLeft, basename="stay-left")
router.register("door", Door, basename="door")
router.register("sleeping", WhoSleeps, basename="sleeping")
router.register("roll-calls", RollCalls)
router.register("contracts", Contracts)
router.register("invoices", Invoices)
router.register("headcounts", Headcounts)
router.register("headcount-differences", Differences)
router.register("calls", Calls)
router.register("call-list", CallList, basename="call-list")
router.register("tonight", Tonight, basename="tonight")
router.register("overflows", Overflows, basename="overflow")
router.register("bed-nights", BedNights, basename="bed-night")
router.register("plans", Plans)
router.register("planned-families", PlannedFamilies)
router.register("kept-apart", ApartPairs)
router.register("transport-runs", Runs)
router.register("passengers", Passengers)
router.register("cases", Cases)
router.register("cases", ReferralsOfCases, basename="case-referral")
router.register("services", Services)
router.register("referrals", Referrals)
router.register("case-steps", Steps)
router.register("case-letters", Letters)
router.register("duties", Duties)
router.register("tracing-requests", TracingRequests)
router.register("tracing-matches", TracingMatches)
router.register("items", Items)
router.register("distributions", Distributions)
router.register("handouts", Handouts)
router.register("stock-movements", StockMovements)
router.register("stock-counts", StockCounts)
router.register("gate-counts", GateCounts)
router.register("snapshots", Snapshots)
router.register("case-numbers", CaseNumbersView, basename="case-number")
router.register("census", Census, basename="census")
router.register("merges", Merges, basename="merge")
router.register("arrivals", Arrivals, basename="arrival")
router.register("sightings", Sightings, basename="sighting")
router.register("emergency-openings", EmergencyOpenings, basename="emergency-opening")
router.register("intakes", Intakes, basename="intake")
router.register("pre-registrations", PreRegistrations, basename="pre-registration")
router.register("log", LogLines)
router.register("tokens", Tokens, basename="token")

urlpatterns = [
    re_path(r"^v1/census/(?P<on>[^/.]{1,20})\.(?P<suffix>[a-z]{1,8})$", CensusFile.as_view(), name="census-file"),
    re_path(r"^v1/bed-nights\.(?P<suffix>csv|xlsx)$", NightsFile.as_view(), name="bed-nights-file"),
    re_path(r"^v1/households\.(?P<suffix>csv|xlsx)$", FamiliesList.as_view(), name="families-list"),
    re_path(r"^v1/log/shown\.(?P<suffix>csv|xlsx)$", ShownFile.as_view(), name="log-shown"),
    path("v1/", include(router.urls)),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
    re_path("", NoSuchAddress.as_view(), name="api"),
]
