"""How likely is each building to pass its limit, when nobody knows how fast traffic grows?"""

import tempfile

import netplan

district = netplan.load("data/schools/harbor-county")
with tempfile.TemporaryDirectory() as folder:
    swept = netplan.sweep(district, "circuit-sizes", out=f"{folder}/sweep", workers=1)
    print(swept.summary.probabilities.head(5).to_string(index=False))
