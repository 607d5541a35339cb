### C15: 1.4 GW is built, 10 GW is wanted

## What the answer says

C15-sentence =
    { $lab } runs on { $gw } GW by the end of 2030 in { $early } of the runs; at the end of 2028 its
    compute draws { $used } GW on average.
C15-boundary =
    Power is not all: a lab whose rounds bring too little gives up compute that has not begun.
C15-explanation-1 =
    Power comes by region: each connects so many GW a quarter, gas and reactors come later. The
    lab's GW are its compute at the average efficiency of the chips in service.
C15-notes-1 =
    The model is generous with power: in most runs AI draws 48 to 141 GW in 2035, where 25 to 70
    were thought likely beforehand. So a date of this answer is an early one.

## Names of figures and intervals

C15-figure-wanted-2030 = runs with 10 GW by the end of 2030
C15-figure-wanted-ever = runs with 10 GW within ten years
C15-figure-half-2030 = runs with 4.5 GW by the end of 2030
C15-figure-lab-2028 = { $lab }, end of 2028
C15-figure-cloud-2028 = { $cloud }, all its AI chips, end of 2028

## Pictures

C15-gigawatts-title = How much power does the lab's compute draw?
C15-gigawatts-caption =
    Runs with uncertain parameters ({ $runs }); a lab that has failed draws none.
C15-gigawatts-alt = A fan that reaches { $used } GW at the end of 2028.
C15-axis-gw = GW
C15-mark-wanted = wanted
C15-mark-article = article
C15-panel-cloud = { $cloud }: all its AI chips

## Tables

C15-gigawatts-table = GW behind the lab's compute
